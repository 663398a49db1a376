/** The assignments of a `.env` file, which Compose reads beside a Compose file. */
export function parseEnvFile(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, quoted] = /^'([^']*)'$|^"([^"]*)"$/.exec(raw)?.filter((part) => part !== undefined) ?? [];
    values[name] = quoted ?? raw.replace(/\s+#.*$/, '');
  }
  return values;
}
