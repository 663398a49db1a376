/** Who runs sparkctl, and whether Docker runs as the same user. */
export interface HostUser {
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
   * How the containers come to work with this project's files. `owner`: as the user who runs sparkctl. `group`: through
   * their group 0, to which sparkctl gives its own folders. `any`: Docker's virtual machine does not tell users apart.
   */
  readonly access: 'owner' | 'group' | 'any';
  /** What the containers' group 0 is on this host. */
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
