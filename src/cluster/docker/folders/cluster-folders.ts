import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { wrapWriteError } from '../../../system/errors/system-error.ts';
import type { Emit } from '../../../system/event.ts';
import { stateFolder } from '../../../system/files/places.ts';
import { canAccess } from '../../../system/files/read-file.ts';
import { writeAtomically } from '../../../system/files/write-file.ts';
import { packageRoot } from '../../../system/package.ts';
import type { ClusterPlan } from '../../cluster.ts';
import { clusterFolder } from '../../cluster-folder.ts';
import { makeConnectToken } from '../../connect-server.ts';
import { type DriverLaunch, sparkLogPath } from '../../driver.ts';
import type { Variables } from '../compose/compose-yaml.ts';
import type { ContainerUser } from './container-user.ts';
import { may, shareJobFiles, shareOwn, shareTree } from './share-with-group.ts';

/** The places of a Docker cluster's files on this host. */
export interface ClusterFolders {
  /** All that sparkctl keeps in the project. */
  readonly state: string;
  /** The folders of the runs. */
  readonly runs: string;
  readonly cluster: string;
  /** Event logs: drivers write them, the history server reads them. */
  readonly events: string;
  /** The workers' folders: shuffle files, and the logs of executors. */
  readonly work: string;
  /** The file with the secret that nodes and drivers share. */
  readonly secret: string;
  /** The file with the token that clients of the Connect server must know. */
  readonly connectToken: string;
  /** The packages that drivers fetch with --packages, kept from run to run. */
  readonly ivy: string;
  /** The values of docker-compose.yml's variables, for Compose itself. */
  readonly composeVariables: string;
  /** The files that a foreign image needs and does not bring: see image/image-flavour.ts. */
  readonly support: string;
}

export function clusterFolders(project: string, name: string): ClusterFolders {
  const cluster = clusterFolder(project, name);
  const state = stateFolder(project);
  return {
    state,
    runs: join(state, 'runs'),
    cluster,
    events: join(cluster, 'events'),
    work: join(cluster, 'work'),
    secret: join(cluster, 'secret'),
    connectToken: join(cluster, 'connect-token'),
    ivy: join(state, 'ivy'),
    composeVariables: join(cluster, 'compose.env'),
    support: join(cluster, 'support'),
  };
}

/** Makes a cluster's folders and its secret, such that the containers can work with them and nobody else can. */
export async function prepareFolders(
  project: string,
  folders: ClusterFolders,
  user: ContainerUser,
  { connect }: Pick<ClusterPlan, 'connect'>,
): Promise<void> {
  try {
    for (const folder of [folders.runs, folders.events, folders.work, folders.ivy])
      await mkdir(folder, { recursive: true, mode: 0o770 });
    // A place for what jobs write. One that is there belongs to the person, and is opened when a job needs it.
    const data = join(project, 'data');
    const isNew = (await mkdir(data, { recursive: true, mode: 0o770 })) !== undefined;
    await makeSecret(folders.secret);
    if (connect) await makeConnectToken(folders.connectToken);
    if (user.access !== 'group') return;
    for (const folder of [folders.state, folders.runs, dirname(folders.cluster), folders.cluster])
      await shareOwn(project, folder, may.pass, user);
    for (const folder of [folders.ivy, ...(isNew ? [data] : [])])
      await shareOwn(project, folder, may.all, user);
    for (const folder of [folders.events, folders.work]) await shareTree(project, folder, user);
    await shareOwn(project, folders.secret, may.read, user);
    if (connect) await shareOwn(project, folders.connectToken, may.read, user);
  } catch (error) {
    throw wrapWriteError(error, `The folder ${folders.cluster}`);
  }
}

/**
 * Gives the containers access to what a run needs, and no more: to write, the folder of its artifacts and Spark's log in
 * the run's folder; of the project, the files of the job. Each change there is named in an event.
 */
export async function prepareRun(
  project: string,
  { runFolder, artifactsFolder, files }: Pick<DriverLaunch, 'runFolder' | 'artifactsFolder' | 'files'>,
  user: ContainerUser,
  emit: Emit,
): Promise<void> {
  const log = sparkLogPath(runFolder);
  try {
    await mkdir(artifactsFolder, { recursive: true, mode: 0o770 });
    // It is there before the driver is: the run's folder is closed to the container.
    await (await open(log, 'a', 0o660)).close();
  } catch (error) {
    throw wrapWriteError(error, `The run folder ${runFolder}`);
  }
  if (user.access !== 'group') return;
  for (const folder of [dirname(runFolder), runFolder]) await shareOwn(project, folder, may.pass, user);
  await shareOwn(project, artifactsFolder, may.all, user);
  await shareOwn(project, log, may.write, user);
  const changes = await shareJobFiles(project, files, user);
  if (changes.length === 0) return;
  emit({ kind: 'access-changed', project, uid: user.uid, changes });
}

/** The secret stays as long as the cluster does: nodes that are there already know it. */
async function makeSecret(path: string): Promise<void> {
  if (!(await canAccess(path))) await writeAtomically(path, randomBytes(32).toString('hex'));
}

/** The values of docker-compose.yml's variables, for `docker-compose --env-file`. */
export async function writeComposeVariables(path: string, variables: Variables): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value ?? ''}\n`);
  const head =
    '# The values that sparkctl gave for the variables of docker-compose.yml, for docker-compose --env-file of this file.\n';
  await writeAtomically(path, head + lines.join(''), 0o644);
}

/** Writes the files for a foreign image: the entry point, the log configuration, sparkctl_io and a name for the containers' user. */
export async function writeSupportFiles(folder: string, uid: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await copyFile(join(packageRoot, 'entrypoint.sh'), join(folder, 'entrypoint.sh'));
  await copyFile(
    join(packageRoot, 'spark', 'driver-log4j2.properties'),
    join(folder, 'driver-log4j2.properties'),
  );
  await copyFile(join(packageRoot, 'spark', 'sparkctl_standby', 'standby.py'), join(folder, 'standby.py'));
  await cp(join(packageRoot, 'spark', 'sparkctl_io'), join(folder, 'python', 'sparkctl_io'), {
    recursive: true,
    filter: (path) => !path.endsWith('__pycache__'),
  });
  const users = ['root:x:0:0:root:/root:/bin/bash', `spark:x:${uid}:0:Spark:/tmp:/bin/bash`];
  await writeAtomically(join(folder, 'passwd'), `${users.join('\n')}\n`, 0o644);
}
