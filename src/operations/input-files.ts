import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that Spark reads for a path: the file itself, or those of a folder whose names do not begin with `_` or a dot. */
export async function inputFiles(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/^[_.]/.test(entry.name) && !entry.name.endsWith('.ledger.json'))
    .map(({ name }) => join(path, name))
    .sort();
}
