import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export { type OperationContext, operationContext, type Settings } from '../cluster/operation-context.ts';

const signs = ['.sparkctl', 'package.json', '.git'];

/** Finds the project of a folder: the nearest one at or above it with one of the usual signs, else the folder itself. */
export function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (signs.some((sign) => existsSync(join(folder, sign)))) return folder;
    if (dirname(folder) === folder) return from;
  }
}
