import { chmod, chown, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';
import { type Held, hold } from '../../../system/files/hold.ts';
import { type ContainerUser, permissionsIn } from './container-user.ts';

/** Permissions of the containers, as bits of a mode. */
export const may = { pass: 1, read: 4, list: 5, write: 6, all: 7 } as const;

/** Files of a job, as absolute paths. */
export interface JobFiles {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * Gives something of sparkctl's own to the containers' group, which may then do with it this and no more. Links are left
 * alone: a job could have made one that leads anywhere, and this may run as root.
 */
export async function shareOwn(
  project: string,
  path: string,
  allowed: number,
  user: ContainerUser,
): Promise<void> {
  await unlessGone(async () => {
    await using held = await hold(project, partsOf(project, path));
    await changeOwn(held, (held.stats.mode & 0o7707) | (allowed << 3), user);
  });
}

/** The same of a folder in which containers write, and of all that is in it. */
export async function shareTree(project: string, path: string, user: ContainerUser): Promise<void> {
  await unlessGone(async () => {
    await using held = await hold(project, partsOf(project, path));
    await shareAll(held, user);
  });
}

/**
 * Lets the containers' group do with a job's own files what the job needs, where it cannot yet: read the inputs, write
 * the target and the outputs and in their folders, pass through the folders above. Nothing else is touched, and each
 * change is returned in words. What cannot be given without taking it from somebody is refused, with the remedy.
 */
export async function shareJobFiles(
  project: string,
  { reads, writes }: JobFiles,
  user: ContainerUser,
): Promise<readonly string[]> {
  const root = await realpath(project);
  const changes: string[] = [];
  for (const path of reads) await grant(root, path, (isFolder) => (isFolder ? may.list : may.read));
  for (const path of writes) {
    await grant(root, dirname(path), () => may.all);
    await grant(root, path, (isFolder) => (isFolder ? may.all : may.write), true);
  }
  return changes;

  async function grant(
    root: string,
    path: string,
    needed: (isFolder: boolean) => number,
    withContent = false,
  ): Promise<void> {
    const parts = await realPartsOf(root, path);
    // What lies outside of the project is not mounted either.
    if (parts === undefined) return;
    for (let length = 1; length < parts.length; length++) await give(parts.slice(0, length), () => may.pass);
    if (parts.length > 0) await give(parts, needed, withContent);
  }

  async function give(
    parts: readonly string[],
    needed: (isFolder: boolean) => number,
    withContent = false,
  ): Promise<void> {
    await unlessGone(async () => {
      await using held = await hold(root, parts);
      const shown = join(...parts);
      await giveOne(held, shown, needed(held.stats.isDirectory()));
      if (!withContent || !held.stats.isDirectory()) return;
      for (const name of await readdir(held.path)) await give([...parts, name], needed, true);
    });
  }

  async function giveOne(held: Held, shown: string, needed: number): Promise<void> {
    const { mode, gid } = held.stats;
    if (held.stats.isSymbolicLink() || (permissionsIn(held.stats, user) & needed) === needed) return;
    const [group, others] = [(mode >> 3) & 7, mode & 7];
    const isTheirs = gid === user.hostGid;
    // Another group would lose what it may do and others may not.
    if (!isTheirs && (group & ~others) !== 0) throw refused(join(root, shown), held, needed, user);
    const wanted = (mode & 0o7707) | (((isTheirs ? group : others) | needed) << 3);
    try {
      await change(held, wanted, user);
    } catch (error) {
      if (hasErrorCode(error, 'EPERM', 'EACCES', 'EROFS'))
        throw refused(join(root, shown), held, needed, user);
      throw error;
    }
    const moved = isTheirs ? '' : `, group ${gid} to ${user.hostGid}`;
    changes.push(`${shown} (mode ${octal(mode)} to ${octal(wanted)}${moved})`);
  }
}

async function change(held: Held, wanted: number, { hostGid }: ContainerUser): Promise<void> {
  const { mode, gid } = held.stats;
  if (held.stats.isSymbolicLink()) return;
  // Only root can, and only then they may belong to another group.
  if (gid !== hostGid) await chown(held.path, -1, hostGid);
  if (wanted !== (mode & 0o7777)) await chmod(held.path, wanted);
}

/** Without root's power, what a container made for itself alone stays its own. */
async function changeOwn(held: Held, wanted: number, user: ContainerUser): Promise<void> {
  try {
    await change(held, wanted, user);
  } catch (error) {
    if (!hasErrorCode(error, 'EPERM', 'EACCES')) throw error;
  }
}

/** Each thing in a folder is reached through the folder that is held, so that no path can be exchanged meanwhile. */
async function shareAll(held: Held, user: ContainerUser): Promise<void> {
  const isFolder = held.stats.isDirectory();
  if (!isFolder && !held.stats.isFile()) return;
  await changeOwn(held, (held.stats.mode & 0o7777) | (isFolder ? 0o070 : 0o060), user);
  if (!isFolder) return;
  const names = await readdir(held.path).catch((error: unknown) => {
    if (hasErrorCode(error, 'EACCES')) return [];
    throw error;
  });
  for (const name of names) {
    await unlessGone(async () => {
      await using child = await hold(held.path, [name]);
      await shareAll(child, user);
    });
  }
}

/** Something may go, or become a link, at any moment: then there is nothing to share. */
async function unlessGone(share: () => Promise<void>): Promise<void> {
  try {
    await share();
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
}

function partsOf(project: string, path: string): readonly string[] {
  return relative(project, path).split(sep).filter(Boolean);
}

/** Links of the person's own inside of the project are resolved once, before anything is held. */
async function realPartsOf(root: string, path: string): Promise<readonly string[] | undefined> {
  const real = await realpath(path).catch(async (error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  });
  const inside = relative(root, real);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
    ? undefined
    : inside.split(sep).filter(Boolean);
}

function refused(path: string, { stats }: Held, needed: number, user: ContainerUser): SparkctlError {
  const letters = [...'rwx'].filter((_, bit) => (needed & (4 >> bit)) !== 0).join('');
  return new SparkctlError({
    code: 'not-open-to-containers',
    category: 'permission',
    message: `The containers of a Docker cluster run as user ${user.uid}, group 0, who may not use ${path} (owner ${stats.uid}, group ${stats.gid}, mode ${octal(stats.mode)}) as the job has to.`,
    hint: `Open it to them (chgrp ${user.hostGid} "${path}" && chmod g+${letters} "${path}", or chmod o+${letters} "${path}"), or work without Docker: --backend local.`,
    details: { path, uid: user.uid },
  });
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
