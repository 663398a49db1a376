import { z } from 'zod';
import { httpGet } from '../../http-get.ts';

const applications = z.tuple([z.object({ id: z.string() })]);

/**
 * The link to a running driver's page. It lies behind the master's, and everything in it refers to that place: at the
 * driver's own port it would be without style and without links. Undefined while the driver shows no page.
 */
export async function driverPage(
  ownPage: string | undefined,
  masterPage: string | undefined,
): Promise<string | undefined> {
  if (ownPage === undefined || masterPage === undefined) return undefined;
  const text = await httpGet(`${ownPage}/api/v1/applications`, 1_000);
  const known = applications.safeParse(text === undefined ? undefined : parseJson(text));
  return known.success ? `${masterPage}/proxy/${known.data[0].id}/` : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
