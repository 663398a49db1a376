import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../../errors/has-error-code.ts';

interface Sharing {
  /** Also give the files to group 0: only root can, and only then they may belong to another one. */
  readonly chown: boolean;
  readonly recursive: boolean;
  /** For what the containers may read and nobody may change. */
  readonly readOnly?: boolean;
}

/**
 * Lets group 0, the group of all containers, read and write something of sparkctl's own. Links are left alone: a job
 * could have made one that leads anywhere, and this may run as root.
 */
export async function shareWithGroup(path: string, sharing: Sharing): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined || !(found.isDirectory() || found.isFile())) return;
  await shareOne(path, found.isDirectory(), sharing);
  if (!found.isDirectory() || !sharing.recursive) return;
  const names = await readdir(path).catch((error: unknown) => {
    if (!sharing.chown && hasErrorCode(error, 'EACCES')) return [];
    throw error;
  });
  for (const name of names) await shareWithGroup(join(path, name), sharing);
}

async function shareOne(path: string, isFolder: boolean, { chown, readOnly }: Sharing): Promise<void> {
  // Opened without following links, and changed through what was opened: nothing can be put in its place meanwhile.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (hasErrorCode(error, 'ENOENT', 'ELOOP')) return undefined;
      // Without root's power, what a container made for itself alone stays its own.
      if (!chown && hasErrorCode(error, 'EACCES')) return undefined;
      throw error;
    },
  );
  if (handle === undefined) return;
  try {
    const { mode, gid } = await handle.stat();
    const wanted = (mode & 0o7777) | (isFolder ? 0o770 : readOnly === true ? 0o640 : 0o660);
    if (chown && gid !== 0) await handle.chown(-1, 0);
    if (wanted !== (mode & 0o7777)) await handle.chmod(wanted);
  } finally {
    await handle.close();
  }
}
