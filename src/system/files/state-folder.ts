import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../errors/has-error-code.ts';

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
