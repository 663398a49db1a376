/**
 * Java's form of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which it does not read: without it --packages could fetch
 * nothing behind a proxy. A name and password in the address are left out, for they would be seen by everyone who may list
 * processes.
 */
export function javaProxyOptions(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const value = (name: string) => environment[name] || environment[name.toLowerCase()];
  const options = (['http', 'https'] as const).flatMap((scheme) => {
    const proxy = value(`${scheme.toUpperCase()}_PROXY`);
    if (proxy === undefined || !URL.canParse(proxy)) return [];
    const { hostname, port, protocol } = new URL(proxy);
    return [
      `-D${scheme}.proxyHost=${hostname}`,
      `-D${scheme}.proxyPort=${port || (protocol === 'https:' ? '443' : '80')}`,
    ];
  });
  const direct = value('NO_PROXY');
  if (options.length === 0 || direct === undefined) return options;
  const hosts = direct
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  // `.example.com` means every host below it, which Java writes with a star.
  return [
    ...options,
    `-Dhttp.nonProxyHosts=${hosts.map((host) => (host.startsWith('.') ? `*${host}` : host)).join('|')}`,
  ];
}
