import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { hasErrorCode } from '../errors/has-error-code.ts';

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
