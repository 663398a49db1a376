import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clusterFolders,
  prepareFolders,
  prepareRun,
} from '../../../src/cluster/docker/folders/cluster-folders.ts';
import {
  type ContainerUser,
  containerUser,
  openProject,
  permissionsIn,
} from '../../../src/cluster/docker/folders/container-user.ts';
import {
  may,
  shareJobFiles,
  shareOwn,
  shareTree,
} from '../../../src/cluster/docker/folders/share-with-group.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';

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
    expect(permissionsIn({ uid: 1001, gid: 0, mode: 0o100600 }, grouped)).toBe(6);
  });
});

describe('a project', () => {
  it('that the containers cannot write is refused, with the remedy', async () => {
    await using project = temporaryProject();
    chmodSync(project.folder, 0o755);
    const { uid, gid } = statSync(project.folder);
    await expect(openProject(project.folder, owning, () => {})).rejects.toMatchObject({
      category: 'permission',
      exitCode: 77,
      message: `The containers of a Docker cluster run as user 4242, group 0, who may not write the project folder ${project.folder} (owner ${uid}, group ${gid}, mode 755).`,
      hint: `Take the folder over (sudo chown 4242 "${project.folder}"), or work without Docker: --backend local.`,
    });
    expect(mode(project.folder)).toBe('755');
    await openProject(project.folder, { ...owning, uid }, () => {});
  });

  it.runIf(isRoot)('of root is opened to the group, and that is told once', async () => {
    await using project = temporaryProject();
    const notes: unknown[] = [];
    await openProject(project.folder, grouped, (event) => notes.push(event));
    await openProject(project.folder, grouped, (event) => notes.push(event));
    expect(mode(project.folder)).toBe('770');
    const changes = ['the folder itself (chmod g+rwx)'];
    expect(notes).toEqual([{ kind: 'access-changed', project: project.folder, uid: 1001, changes }]);
  });

  it.runIf(isRoot)("of somebody else's group is left as it is", async () => {
    await using project = temporaryProject();
    chownSync(project.folder, 77, 77);
    const notes: unknown[] = [];
    await expect(openProject(project.folder, grouped, (event) => notes.push(event))).rejects.toMatchObject({
      exitCode: 77,
      hint: `Open it to them (chgrp 0 "${project.folder}" && chmod g+rwx "${project.folder}"), or work without Docker: --backend local.`,
    });
    chmodSync(project.folder, 0o755);
    await openProject(project.folder, grouped, (event) => notes.push(event));
    expect(mode(project.folder)).toBe('755');
    expect(notes).toEqual([{ kind: 'access-limited', project: project.folder, uid: 1001, gid: 0 }]);
  });

  it.runIf(isRoot)(
    'gets folders that group 0 may write, others that it may pass through, and a secret that it may read',
    async () => {
      await using project = temporaryProject();
      const folders = clusterFolders(project.folder, 'default');
      mkdirSync(folders.work, { recursive: true });
      writeFileSync(`${folders.work}/left`, '', { mode: 0o600 });
      await prepareFolders(project.folder, folders, grouped, { connect: true });
      const open = [project.path('data'), folders.events, folders.work, folders.ivy];
      expect(open.map((path) => mode(path).slice(-2, -1))).toEqual(open.map(() => '7'));
      const closed = [folders.state, folders.runs, folders.cluster, project.path('.sparkctl/clusters')];
      expect(closed.map((path) => mode(path).slice(-2, -1))).toEqual(closed.map(() => '1'));
      expect(mode(`${folders.work}/left`)).toBe('660');
      expect([folders.secret, folders.connectToken].map(mode)).toEqual(['640', '640']);
      const secret = statSync(folders.secret);
      await prepareFolders(project.folder, folders, grouped, { connect: true });
      expect(statSync(folders.secret).ino).toBe(secret.ino);
    },
  );

  it.runIf(isRoot)('keeps its data as it is when a cluster is made', async () => {
    await using project = temporaryProject();
    await project.write('data/private.key', 'x');
    chownSync(project.path('data/private.key'), 65_534, 65_534);
    chmodSync(project.path('data/private.key'), 0o600);
    chmodSync(project.path('data'), 0o700);
    await prepareFolders(project.folder, clusterFolders(project.folder, 'default'), grouped, {
      connect: false,
    });
    expect([mode(project.path('data')), mode(project.path('data/private.key'))]).toEqual(['700', '600']);
    expect(statSync(project.path('data/private.key')).gid).toBe(65_534);
  });

  it('says which folder cannot be made', async () => {
    await using project = temporaryProject();
    await project.write('.sparkctl', 'a file');
    const folders = clusterFolders(project.folder, 'default');
    await expect(prepareFolders(project.folder, folders, owning, { connect: false })).rejects.toMatchObject({
      exitCode: 73,
      message: `The folder ${folders.cluster} cannot be written (ENOTDIR).`,
    });
  });
});

describe('what a run needs', () => {
  /** The run folder of a project with the files of a job, and one that is none of its business. */
  async function jobIn(project: TemporaryProject) {
    await project.write('jobs/etl.py', 'x');
    const input = await project.write('data/in/users.jsonl', '{}');
    const key = await project.write('data/private.key', 'x');
    const database = await project.write('data/users.db', '');
    for (const path of [input, key, database]) chmodSync(path, 0o600);
    chownSync(key, 65_534, 65_534);
    for (const folder of ['data/in', 'data', 'jobs']) chmodSync(project.path(folder), 0o700);
    chmodSync(project.path('jobs/etl.py'), 0o644);
    const runFolder = project.path('.sparkctl/runs/r1');
    mkdirSync(runFolder, { recursive: true, mode: 0o700 });
    return {
      launch: {
        runFolder,
        artifactsFolder: `${runFolder}/artifacts`,
        files: { reads: [project.path('jobs/etl.py'), input], writes: [database, `${database}-wal`] },
      },
      key,
    };
  }

  it.runIf(isRoot)('is given file by file, and told by name; nothing else is touched', async () => {
    await using project = temporaryProject();
    const { launch, key } = await jobIn(project);
    const notes: unknown[] = [];
    await prepareRun(project.folder, launch, grouped, (event) => notes.push(event));
    const changes = [
      'jobs (mode 0700 to 0710)',
      'data (mode 0700 to 0710)',
      'data/in (mode 0700 to 0710)',
      'data/in/users.jsonl (mode 0600 to 0640)',
      'data (mode 0710 to 0770)',
      'data/users.db (mode 0600 to 0660)',
    ];
    expect(notes).toEqual([{ kind: 'access-changed', project: project.folder, uid: 1001, changes }]);
    expect([mode(key), statSync(key).gid]).toEqual(['600', 65_534]);
    await prepareRun(project.folder, launch, grouped, (event) => notes.push(event));
    expect(notes).toHaveLength(1);
  });

  it.runIf(isRoot)('lets the containers write two things of the run folder, and no more', async () => {
    await using project = temporaryProject();
    const { launch } = await jobIn(project);
    await prepareRun(project.folder, launch, grouped, () => {});
    const forGroup = (path: string) => mode(path).slice(-2, -1);
    expect(forGroup(project.path('.sparkctl/runs'))).toBe('1');
    expect(forGroup(launch.runFolder)).toBe('1');
    expect(forGroup(launch.artifactsFolder)).toBe('7');
    expect(forGroup(`${launch.runFolder}/spark.log`)).toBe('6');
  });

  it.runIf(isRoot)('is refused where somebody else would lose something by it, with the remedy', async () => {
    await using project = temporaryProject();
    const { launch } = await jobIn(project);
    const [, input = ''] = launch.files.reads;
    chownSync(input, 77, 78);
    chmodSync(input, 0o640);
    await expect(prepareRun(project.folder, launch, grouped, () => {})).rejects.toMatchObject({
      exitCode: 77,
      message: `The containers of a Docker cluster run as user 1001, group 0, who may not use ${input} (owner 77, group 78, mode 0640) as the job has to.`,
      hint: `Open it to them (chgrp 0 "${input}" && chmod g+r "${input}", or chmod o+r "${input}"), or work without Docker: --backend local.`,
    });
    expect([mode(input), statSync(input).gid]).toEqual(['640', 78]);
  });

  it.runIf(isRoot)('goes to the containers where nobody loses by it', async () => {
    await using project = temporaryProject();
    const { launch } = await jobIn(project);
    const [, input = ''] = launch.files.reads;
    chownSync(input, 77, 78);
    const notes: unknown[] = [];
    await prepareRun(project.folder, launch, grouped, (event) => notes.push(event));
    expect(notes).toMatchObject([
      { changes: expect.arrayContaining(['data/in/users.jsonl (mode 0600 to 0640, group 78 to 0)']) },
    ]);
    expect(statSync(input).uid).toBe(77);
  });

  it('is there already for the owner of the project, whose modes stay as they are', async () => {
    await using project = temporaryProject();
    const { launch } = await jobIn(project);
    const before = statSync(launch.runFolder).mode;
    await prepareRun(project.folder, launch, owning, (event) => expect.fail(event.kind));
    expect(statSync(launch.runFolder).mode).toBe(before);
    expect(mode(project.path('data/in/users.jsonl'))).toBe('600');
  });
});

describe('sharing with group 0', () => {
  it.runIf(isRoot)('follows no link, wherever it leads', async () => {
    await using project = temporaryProject();
    await using outside = temporaryProject();
    const victim = await outside.write('victim', 'x');
    chmodSync(victim, 0o600);
    chownSync(victim, 77, 77);
    mkdirSync(project.path('work/deep'), { recursive: true });
    symlinkSync(victim, project.path('work/deep/link'));
    symlinkSync(outside.folder, project.path('work/folder'));
    chmodSync(outside.folder, 0o700);
    await shareTree(project.folder, project.path('work'), grouped);
    await shareOwn(project.folder, project.path('work/folder'), may.all, grouped);
    await shareOwn(project.folder, project.path('work/folder/victim'), may.all, grouped);
    const files = { reads: [], writes: [project.path('work')] };
    await shareJobFiles(project.folder, files, grouped);
    expect(mode(project.path('work/deep'))).toBe('775');
    expect(mode(victim)).toBe('600');
    expect(statSync(victim).gid).toBe(77);
    expect(mode(outside.folder)).toBe('700');
  });
});
