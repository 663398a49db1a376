import { chmod, stat } from 'node:fs/promises';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../../../system/errors/system-error.ts';
import type { Emit } from '../../../system/event.ts';

/** The user who runs sparkctl, with a flag for a Docker that runs as the same user. */
interface HostUser {
  /** Undefined on systems without user ids. */
  readonly uid?: number;
  readonly gid?: number;
  /** Rootless Docker: root and group 0 of a container are this user outside, every other id is nobody's. */
  readonly isRootless: boolean;
}

export interface ContainerUser {
  /** Never 0; the group always is. */
  readonly uid: number;
  /**
   * The way in which the containers get at this project's files. `owner`: as the user who runs sparkctl. `group`: through
   * their group 0, to which sparkctl gives its own folders. `any`: Docker's virtual machine does not tell users apart.
   */
  readonly access: 'owner' | 'group' | 'any';
  /** The group of this host that is group 0 in the containers. */
  readonly hostGid: number;
}

/** The user that the image has a name and a home for. */
const imageUid = 1001;

export function containerUser(
  { uid, gid = 0, isRootless }: HostUser,
  platform: NodeJS.Platform,
): ContainerUser {
  if (uid === undefined || platform !== 'linux') return { uid: imageUid, access: 'any', hostGid: 0 };
  if (isRootless) return { uid: imageUid, access: 'group', hostGid: gid };
  if (uid === 0) return { uid: imageUid, access: 'group', hostGid: 0 };
  return { uid, access: 'owner', hostGid: 0 };
}

interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The permissions of the containers on a folder or file, as bits of a mode: 4 read, 2 write, 1 pass through. */
export function permissionsIn(found: Ownership, { uid, hostGid, access }: ContainerUser): number {
  // Where group 0 is another one outside, user ids are other ones too.
  if ((access === 'owner' || hostGid === 0) && found.uid === uid) return (found.mode >> 6) & 7;
  if (found.gid === hostGid) return (found.mode >> 3) & 7;
  return found.mode & 7;
}

/**
 * Makes sure that the containers can work in the project's folder, before anything is started: every job would fail
 * otherwise, most of them at their end. A folder of the containers' group is opened to it, with an event; one of another
 * user and group is refused, with the remedy.
 */
export async function openProject(project: string, user: ContainerUser, emit: Emit): Promise<void> {
  if (user.access === 'any') return;
  const folder = await stat(project);
  const may = permissionsIn(folder, user);
  if (may === 7) return;
  if (user.access === 'group' && folder.gid === user.hostGid) {
    await chmod(project, (folder.mode & 0o7777) | 0o070).catch((error: unknown) => {
      throw wrapWriteError(error, `The mode of ${project}`);
    });
    const changes = ['the folder itself (chmod g+rwx)'];
    emit({ kind: 'access-changed', project, uid: user.uid, changes });
    return;
  }
  // What a job needs sparkctl can open to the group wherever it is, as long as the way there is open.
  if (user.access === 'group' && (may & 5) === 5) {
    emit({ kind: 'access-limited', project, uid: user.uid, gid: user.hostGid });
    return;
  }
  throw new SparkctlError({
    code: 'project-not-writable',
    category: 'permission',
    message: `The containers of a Docker cluster run as user ${user.uid}, group 0, who may not write the project folder ${project} (owner ${folder.uid}, group ${folder.gid}, mode ${(folder.mode & 0o777).toString(8)}).`,
    hint:
      user.access === 'owner'
        ? `Take the folder over (sudo chown ${user.uid} "${project}"), or work without Docker: --backend local.`
        : `Open it to them (chgrp ${user.hostGid} "${project}" && chmod g+rwx "${project}"), or work without Docker: --backend local.`,
    details: { project, uid: user.uid },
  });
}
