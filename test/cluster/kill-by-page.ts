/** The pages of a Spark application that runs, in which Spark offers to end it. */
export interface KillingPages {
  readonly master: string;
  readonly driver: string;
  readonly application: string;
}

/** What a page lets be ended: the address of its form, and the fields beside the page's own token. */
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
    const response = await fetch(page);
    const text = await response.text();
    if (!response.ok) throw new Error(`${page} answered ${response.status}`);
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const [, token] = /name="csrfToken" value="([^"]+)"/.exec(text) ?? [];
    if (token !== undefined) tokens.push(token);
    const body = new URLSearchParams({ ...fields, csrfToken: token ?? tokens[0] ?? '' });
    await fetch(form, { method: 'POST', redirect: 'manual', body, headers: { cookie } });
  }
  return tokens;
}
