import { stat } from 'node:fs/promises';
import { SparkctlError } from '../../../errors/sparkctl-error.ts';
import type { ContainerUser } from './container-user.ts';

interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Whether a process with this user id and group 0 may make files in a folder. */
export function mayWrite(folder: Ownership, uid: number): boolean {
  const bits = folder.uid === uid ? folder.mode >> 6 : folder.gid === 0 ? folder.mode >> 3 : folder.mode;
  return (bits & 0o3) === 0o3;
}

/**
 * Refuses a project that the containers could read but not write, before anything is started: every job would fail at
 * its end. Where the containers work through group 0, they are given sparkctl's own folders only, and that is said.
 */
export async function requireWritable(
  project: string,
  user: ContainerUser,
  tell: (note: string) => void,
): Promise<void> {
  if (user.access === 'any') return;
  const folder = await stat(project);
  if (mayWrite(folder, user.uid)) return;
  const who = `user ${user.uid}, group 0`;
  if (user.access === 'group') {
    tell(
      `Containers run as ${who}. Of this project they may write data/ and .sparkctl/ only; chgrp 0 . && chmod g+w . gives them the rest.`,
    );
    return;
  }
  throw new SparkctlError({
    code: 'project-not-writable',
    cause: 'permission',
    message: `The containers of a Docker cluster run as ${who}, who may not write the project folder ${project} (owner ${folder.uid}, group ${folder.gid}, mode ${(folder.mode & 0o777).toString(8)}).`,
    hint: `Take the folder over (sudo chown ${user.uid} "${project}"), or work without Docker: --backend local.`,
    details: { project, uid: user.uid },
  });
}
