import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const signs = ['.sparkctl', 'package.json', '.git'];

/** The project that a folder belongs to: the nearest folder at or above it with one of the usual signs, else the folder itself. */
export function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (signs.some((sign) => existsSync(join(folder, sign)))) return folder;
    if (dirname(folder) === folder) return from;
  }
}
