import { httpGet } from '../../http-get.ts';

/** A driver that has just started answers its first request slowly. */
const timeoutMs = 2_000;

/**
 * The link to a running driver's page. It lies behind the master's, and everything in it refers to that place, which is
 * read from there: at the driver's own port it would be without style and without links. Undefined while the driver
 * shows no page.
 */
export async function driverPage(
  ownPage: string | undefined,
  masterPage: string | undefined,
): Promise<string | undefined> {
  if (ownPage === undefined || masterPage === undefined) return undefined;
  const page = (await httpGet(`${ownPage}/jobs/`, timeoutMs)) ?? '';
  const [, place] = /"(\/proxy\/app-[^/"]+\/)/.exec(page) ?? [];
  return place === undefined ? undefined : `${masterPage}${place}`;
}
