/** Who this process is, and how Docker maps its users. */
export interface HostUser {
  /** Undefined on systems without user ids. */
  readonly uid?: number;
  /** Rootless Docker, or a daemon that maps users: ids inside of a container are other ids outside. */
  readonly mapsUsers: boolean;
}

export interface ContainerUser {
  /** Never 0; the group always is. */
  readonly uid: number;
  /**
   * How the containers come to write this project's files. `owner`: as the user who runs sparkctl. `group`: through
   * group 0, to which sparkctl gives its own folders. `any`: Docker's virtual machine does not tell users apart.
   */
  readonly access: 'owner' | 'group' | 'any';
}

/** The user that the image has a name and a home for. */
const imageUid = 1001;

export function containerUser({ uid, mapsUsers }: HostUser, platform: NodeJS.Platform): ContainerUser {
  if (uid === undefined || platform !== 'linux') return { uid: imageUid, access: 'any' };
  if (uid === 0 || mapsUsers) return { uid: imageUid, access: 'group' };
  return { uid, access: 'owner' };
}
