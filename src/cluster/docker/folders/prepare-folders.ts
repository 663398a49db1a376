import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Variables } from '../../../config/compose/interpolate.ts';
import { wrapWriteError } from '../../../errors/wrap-write-error.ts';
import { canAccess } from '../../../files/can-access.ts';
import { stateFolder } from '../../../files/state-folder.ts';
import { writeAtomically } from '../../../files/write-atomically.ts';
import { packageRoot } from '../../../runtime/package-root.ts';
import { clustersFolder } from '../../cluster-folder.ts';
import type { DriverLaunch } from '../../driver.ts';
import type { ClusterFolders } from './cluster-folders.ts';
import type { ContainerUser } from './container-user.ts';
import { shareWithGroup } from './share-with-group.ts';

/** Makes a cluster's folders and its secret, such that the containers can work with them and nobody else can. */
export async function prepareFolders(
  project: string,
  folders: ClusterFolders,
  user: ContainerUser,
): Promise<void> {
  try {
    for (const folder of [folders.events, folders.work, folders.ivy, join(project, 'data')]) {
      await mkdir(folder, { recursive: true, mode: 0o770 });
    }
    await makeSecret(folders.secret);
    await shareFolders(project, folders, user);
  } catch (error) {
    throw wrapWriteError(error, `The folder ${folders.cluster}`);
  }
}

async function shareFolders(project: string, folders: ClusterFolders, user: ContainerUser): Promise<void> {
  if (user.access !== 'group') return;
  const chown = process.getuid?.() === 0;
  for (const folder of [
    stateFolder(project),
    clustersFolder(project),
    folders.cluster,
    join(stateFolder(project), 'runs'),
    folders.ivy,
  ]) {
    await shareWithGroup(folder, { chown, recursive: false });
  }
  for (const folder of [folders.events, folders.work, join(project, 'data')]) {
    await shareWithGroup(folder, { chown, recursive: true });
  }
  await shareWithGroup(folders.secret, { chown, recursive: false, readOnly: true });
}

/** What the driver and the executors write, and this process may have written before: the run's folder, the data, other outputs. */
export async function shareRun(
  project: string,
  { runFolder, outputFolders }: Pick<DriverLaunch, 'runFolder' | 'outputFolders'>,
  user: ContainerUser,
): Promise<void> {
  if (user.access !== 'group') return;
  const chown = process.getuid?.() === 0;
  await shareWithGroup(join(stateFolder(project), 'runs'), { chown, recursive: false });
  for (const folder of [runFolder, join(project, 'data')])
    await shareWithGroup(folder, { chown, recursive: true });
  // What else is in there belongs to the person.
  for (const folder of outputFolders) await shareWithGroup(folder, { chown, recursive: false });
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

/** What a foreign image is given: the entry point, the log configuration, sparkctl_jobs and a name for the containers' user. */
export async function writeSupportFiles(folder: string, uid: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await copyFile(join(packageRoot, 'entrypoint.sh'), join(folder, 'entrypoint.sh'));
  await copyFile(
    join(packageRoot, 'spark', 'driver-log4j2.properties'),
    join(folder, 'driver-log4j2.properties'),
  );
  await cp(join(packageRoot, 'spark', 'sparkctl_jobs'), join(folder, 'python', 'sparkctl_jobs'), {
    recursive: true,
    filter: (path) => !path.endsWith('__pycache__'),
  });
  const users = ['root:x:0:0:root:/root:/bin/bash', `spark:x:${uid}:0:Spark:/tmp:/bin/bash`];
  await writeAtomically(join(folder, 'passwd'), `${users.join('\n')}\n`, 0o644);
}
