import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterFolders } from '../../src/cluster/docker/folders/cluster-folders.ts';
import { containerUser } from '../../src/cluster/docker/folders/container-user.ts';
import { prepareFolders } from '../../src/cluster/docker/folders/prepare-folders.ts';
import { mayWrite, requireWritable } from '../../src/cluster/docker/folders/require-writable.ts';
import { shareWithGroup } from '../../src/cluster/docker/folders/share-with-group.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const isRoot = process.getuid?.() === 0;
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe("the containers' user", () => {
  it('is the host user, or 1001, and never root', () => {
    expect(containerUser({ uid: 1000, mapsUsers: false }, 'linux')).toEqual({ uid: 1000, access: 'owner' });
    expect(containerUser({ uid: 0, mapsUsers: false }, 'linux')).toEqual({ uid: 1001, access: 'group' });
    expect(containerUser({ uid: 1000, mapsUsers: true }, 'linux')).toEqual({ uid: 1001, access: 'group' });
    expect(containerUser({ uid: 501, mapsUsers: false }, 'darwin')).toEqual({ uid: 1001, access: 'any' });
    expect(containerUser({ mapsUsers: false }, 'win32')).toEqual({ uid: 1001, access: 'any' });
  });

  it('may write what its id, group 0 or everyone may', () => {
    expect(mayWrite({ uid: 5, gid: 9, mode: 0o700 }, 5)).toBe(true);
    expect(mayWrite({ uid: 5, gid: 9, mode: 0o577 }, 5)).toBe(false);
    expect(mayWrite({ uid: 6, gid: 0, mode: 0o730 }, 5)).toBe(true);
    expect(mayWrite({ uid: 6, gid: 9, mode: 0o770 }, 5)).toBe(false);
    expect(mayWrite({ uid: 6, gid: 9, mode: 0o773 }, 5)).toBe(true);
    expect(mayWrite({ uid: 6, gid: 9, mode: 0o772 }, 5)).toBe(false);
  });
});

describe('a project', () => {
  it('that the containers cannot write is refused, with the remedy', async () => {
    await using project = temporaryProject();
    chmodSync(project.folder, 0o755);
    const { uid, gid } = statSync(project.folder);
    await expect(
      requireWritable(project.folder, { uid: 4242, access: 'owner' }, () => {}),
    ).rejects.toMatchObject({
      failureCause: 'permission',
      exitCode: 77,
      message: `The containers of a Docker cluster run as user 4242, group 0, who may not write the project folder ${project.folder} (owner ${uid}, group ${gid}, mode 755).`,
      hint: `Take the folder over (sudo chown 4242 "${project.folder}"), or work without Docker: --backend local.`,
    });
    await requireWritable(project.folder, { uid, access: 'owner' }, () => {});
  });

  it('of root is said to be writable in part', async () => {
    await using project = temporaryProject();
    chmodSync(project.folder, 0o755);
    const notes: string[] = [];
    await requireWritable(project.folder, { uid: 4242, access: 'group' }, (note) => notes.push(note));
    expect(notes).toEqual([
      'Containers run as user 4242, group 0. Of this project they may write data/ and .sparkctl/ only; chgrp 0 . && chmod g+w . gives them the rest.',
    ]);
  });

  it('gets folders that group 0 may write, and a secret that it may read only', async () => {
    await using project = temporaryProject();
    mkdirSync(project.path('data'), { mode: 0o700 });
    writeFileSync(project.path('data/old.db'), '', { mode: 0o600 });
    const folders = clusterFolders(project.folder, 'default');
    await prepareFolders(project.folder, folders, { uid: 1001, access: 'group' });
    expect(
      [project.path('data'), project.path('.sparkctl'), folders.events, folders.work, folders.ivy].map(mode),
    ).toEqual(Array.from({ length: 5 }, () => '770'));
    expect(mode(project.path('data/old.db'))).toBe('660');
    expect(mode(folders.secret)).toBe('640');
    const secret = statSync(folders.secret);
    await prepareFolders(project.folder, folders, { uid: 1001, access: 'group' });
    expect(statSync(folders.secret).ino).toBe(secret.ino);
  });

  it('says which folder cannot be made', async () => {
    await using project = temporaryProject();
    await project.write('.sparkctl', 'a file');
    const folders = clusterFolders(project.folder, 'default');
    await expect(
      prepareFolders(project.folder, folders, { uid: 1001, access: 'owner' }),
    ).rejects.toMatchObject({
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
