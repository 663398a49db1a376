import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { hasErrorCode } from '../errors/has-error-code.ts';

/**
 * The absolute path of something in a folder, or undefined when it lies outside: by `..`, or by a symbolic link
 * anywhere on the way, also where the last part does not exist yet.
 */
export async function resolveInside(folder: string, path: string): Promise<string | undefined> {
  const absolute = resolve(folder, path);
  const inside = relative(await realpath(folder), await realpathOfExisting(absolute));
  return inside === '..' || inside.startsWith('../') || isAbsolute(inside) ? undefined : absolute;
}

async function realpathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
    return join(await realpathOfExisting(dirname(path)), path.slice(dirname(path).length + 1));
  }
}
