import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this user's reusable things are kept: `$XDG_CACHE_HOME/sparkctl`, `~/Library/Caches/sparkctl` or `~/.cache/sparkctl`. */
export function userCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = environment['SPARKCTL_CACHE'];
  if (own !== undefined && isAbsolute(own)) return own;
  const xdg = environment['XDG_CACHE_HOME'];
  // The XDG specification calls relative values invalid.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'sparkctl');
  const home = environment['HOME'] ?? homedir();
  return platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'sparkctl')
    : join(home, '.cache', 'sparkctl');
}
