import { mkdir, readlink, realpath, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { hasErrorCode } from '../errors/system-error.ts';

/** The private folder of a project for everything that sparkctl makes. */
export function stateFolder(project: string): string {
  return join(project, '.sparkctl');
}

/** Makes that folder, and sees to it that git leaves it out: logs and records are nothing to commit. */
export async function makeStateFolder(project: string): Promise<void> {
  await mkdir(stateFolder(project), { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(stateFolder(project), '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}

/** The folder of this user's reusable things: `$XDG_CACHE_HOME/sparkctl`, `~/Library/Caches/sparkctl` or `~/.cache/sparkctl`. */
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

/** A name of small letters, digits and hyphens: safe as a part of a path, in a URL and in a container's name. */
export const plainName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * The absolute path of something in a folder, or undefined when it lies outside: by `..`, or by a symbolic link
 * anywhere on the way, also where the last part does not exist yet.
 */
export async function resolveInside(folder: string, path: string): Promise<string | undefined> {
  const absolute = resolve(folder, path);
  const inside = relative(await realpath(folder), await realPathOf(absolute));
  return inside === '..' || inside.startsWith('../') || isAbsolute(inside) ? undefined : absolute;
}

/** The path of a file without symbolic links, also where the last part does not exist yet: what a link names that leads nowhere. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
    const folder = await realPathOf(dirname(path));
    const named = await readlink(path).catch(() => undefined);
    return named === undefined ? join(folder, basename(path)) : await realPathOf(resolve(folder, named));
  }
}
