import { request } from 'node:http';
import { httpGet } from '../../src/cluster/spark-pages.ts';

/** The pages of a Spark application that runs, in which Spark offers to end it. */
interface KillingPages {
  readonly master: string;
  readonly driver: string;
  readonly application: string;
}

/** Something that a page lets a reader end: the address of its form, and the fields beside the page's own token. */
function forms({ master, driver, application }: KillingPages) {
  return [
    { page: `${master}/`, form: `${master}/app/kill/`, fields: { id: application, terminate: 'true' } },
    { page: `${driver}/jobs/`, form: `${driver}/jobs/job/kill/`, fields: { id: '0' } },
    { page: `${driver}/stages/`, form: `${driver}/stages/stage/kill/`, fields: { id: '0' } },
  ];
}

/**
 * Tries to end an application as any user of the machine could: reads each page, takes the token that it finds there, and
 * sends what the page's own button would. Returns the tokens that were to be had.
 */
export async function killByPage(pages: KillingPages): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (const { page, form, fields } of forms(pages)) {
    const text = await httpGet(page, 20_000);
    if (text === undefined) throw new Error(`${page} did not answer`);
    const [, token] = /name="csrfToken" value="([^"]+)"/.exec(text) ?? [];
    if (token !== undefined) tokens.push(token);
    await post(form, { ...fields, csrfToken: token ?? tokens[0] ?? '' });
  }
  return tokens;
}

/** Sends a form; what is answered does not matter, but only with the answer it was dealt with. */
async function post(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', connection: 'close' };
  await new Promise<void>((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers, timeout: 20_000 }, (response) => {
      response.resume();
      response.once('end', resolve);
    });
    sent.once('timeout', () => sent.destroy(new Error(`${url} did not answer`)));
    sent.once('error', reject);
    sent.end(new URLSearchParams(fields).toString());
  });
}
