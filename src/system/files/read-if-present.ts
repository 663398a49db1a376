import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '../errors/has-error-code.ts';

/** The text of a file, or undefined where there is none. Other failures are thrown. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
