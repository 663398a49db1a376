import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterFolders } from '../../src/cluster/docker/folders/cluster-folders.ts';
import { type ContainerUser, containerUser } from '../../src/cluster/docker/folders/container-user.ts';
import { openProject, permissionsIn } from '../../src/cluster/docker/folders/open-project.ts';
import { prepareFolders } from '../../src/cluster/docker/folders/prepare-folders.ts';
import { shareWithGroup } from '../../src/cluster/docker/folders/share-with-group.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const isRoot = process.getuid?.() === 0;
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

const mapped: ContainerUser = { uid: 1001, access: 'group', hostGid: 1000 };
const grouped: ContainerUser = { uid: 1001, access: 'group', hostGid: 0 };
const owning: ContainerUser = { uid: 4242, access: 'owner', hostGid: 0 };

describe("the containers' user", () => {
  it('is the host user, or 1001, and never root', () => {
    expect(containerUser({ uid: 4242, gid: 4242, isRootless: false }, 'linux')).toEqual(owning);
    expect(containerUser({ uid: 0, gid: 0, isRootless: false }, 'linux')).toEqual(grouped);
    expect(containerUser({ uid: 1000, gid: 1000, isRootless: true }, 'linux')).toEqual(mapped);
    expect(containerUser({ uid: 501, gid: 20, isRootless: false }, 'darwin')).toMatchObject({
      uid: 1001,
      access: 'any',
    });
    expect(containerUser({ isRootless: false }, 'win32')).toMatchObject({ uid: 1001, access: 'any' });
  });

  it('may do in a folder what its id, its group or everyone may', () => {
    expect(permissionsIn({ uid: 4242, gid: 9, mode: 0o40750 }, owning)).toBe(7);
    expect(permissionsIn({ uid: 6, gid: 0, mode: 0o40750 }, owning)).toBe(5);
    expect(permissionsIn({ uid: 6, gid: 9, mode: 0o40754 }, owning)).toBe(4);
    expect(permissionsIn({ uid: 1001, gid: 9, mode: 0o40750 }, mapped)).toBe(0);
    expect(permissionsIn({ uid: 1000, gid: 1000, mode: 0o40770 }, mapped)).toBe(7);
  });
});

describe('a project', () => {
  it('that the containers cannot write is refused, with the remedy', async () => {
    await using project = temporaryProject();
    chmodSync(project.folder, 0o755);
    const { uid, gid } = statSync(project.folder);
    await expect(openProject(project.folder, owning, () => {})).rejects.toMatchObject({
      failureCause: 'permission',
      exitCode: 77,
      message: `The containers of a Docker cluster run as user 4242, group 0, who may not write the project folder ${project.folder} (owner ${uid}, group ${gid}, mode 755).`,
      hint: `Take the folder over (sudo chown 4242 "${project.folder}"), or work without Docker: --backend local.`,
    });
    expect(mode(project.folder)).toBe('755');
    await openProject(project.folder, { ...owning, uid }, () => {});
  });

  it.runIf(isRoot)('of root is opened to the group, and that is told once', async () => {
    await using project = temporaryProject();
    const notes: string[] = [];
    await openProject(project.folder, grouped, (note) => notes.push(note));
    await openProject(project.folder, grouped, (note) => notes.push(note));
    expect(mode(project.folder)).toBe('770');
    expect(notes).toEqual([
      `Containers run as user 1001, group 0: the folder ${project.folder} was opened to its group (chmod g+rwx).`,
    ]);
  });

  it.runIf(isRoot)("of somebody else's group is left as it is", async () => {
    await using project = temporaryProject();
    chownSync(project.folder, 77, 77);
    const notes: string[] = [];
    await expect(openProject(project.folder, grouped, (note) => notes.push(note))).rejects.toMatchObject({
      exitCode: 77,
      hint: `Open it to them (chgrp 0 "${project.folder}" && chmod g+rwx "${project.folder}"), or work without Docker: --backend local.`,
    });
    chmodSync(project.folder, 0o755);
    await openProject(project.folder, grouped, (note) => notes.push(note));
    expect(mode(project.folder)).toBe('755');
    expect(notes).toEqual([
      `Containers run as user 1001, group 0: in ${project.folder} they may write .sparkctl/ and data/ only. For the rest: chgrp 0 "${project.folder}" && chmod g+rwx "${project.folder}"`,
    ]);
  });

  it('gets folders that group 0 may write, and a secret that it may read only', async () => {
    await using project = temporaryProject();
    mkdirSync(project.path('data'), { mode: 0o700 });
    writeFileSync(project.path('data/old.db'), '', { mode: 0o600 });
    const folders = clusterFolders(project.folder, 'default');
    await prepareFolders(project.folder, folders, grouped);
    expect(
      [project.path('data'), project.path('.sparkctl'), folders.events, folders.work, folders.ivy].map(mode),
    ).toEqual(Array.from({ length: 5 }, () => '770'));
    expect(mode(project.path('data/old.db'))).toBe('660');
    expect(mode(folders.secret)).toBe('640');
    const secret = statSync(folders.secret);
    await prepareFolders(project.folder, folders, grouped);
    expect(statSync(folders.secret).ino).toBe(secret.ino);
  });

  it('says which folder cannot be made', async () => {
    await using project = temporaryProject();
    await project.write('.sparkctl', 'a file');
    const folders = clusterFolders(project.folder, 'default');
    await expect(prepareFolders(project.folder, folders, owning)).rejects.toMatchObject({
      exitCode: 73,
      message: `The folder ${folders.cluster} cannot be written (ENOTDIR).`,
    });
  });
});

describe('sharing with group 0', () => {
  it.runIf(isRoot)('follows no link, wherever it leads', async () => {
    await using project = temporaryProject();
    await using outside = temporaryProject();
    const victim = await outside.write('victim', 'x');
    chmodSync(victim, 0o600);
    chownSync(victim, 77, 77);
    mkdirSync(project.path('data/deep'), { recursive: true });
    symlinkSync(victim, project.path('data/deep/link'));
    symlinkSync(outside.folder, project.path('data/folder'));
    chmodSync(outside.folder, 0o700);
    await shareWithGroup(project.path('data'), { chown: true, recursive: true });
    expect(mode(project.path('data/deep'))).toBe('775');
    expect(mode(victim)).toBe('600');
    expect(statSync(victim).gid).toBe(77);
    expect(mode(outside.folder)).toBe('700');
  });
});
