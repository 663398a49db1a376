import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { livenessOf } from '../../system/processes/process-identity.ts';
import { isClusterName } from '../cluster-folder.ts';
import { lockCluster } from '../lock-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import { clusterRoles } from '../roles.ts';
import { standbyFiles } from '../standby/standby-folder.ts';
import { dockerRecords } from './cluster-record.ts';
import { removeContainer } from './containers.ts';
import { connectIfThere, type Daemon, isNotFound } from './daemon.ts';
import { findCluster, findContainers } from './find-containers.ts';
import { clusterFolders } from './folders/cluster-folders.ts';
import { composeLabel, composeProject, label, ownerOf } from './plan/labels.ts';

/** The time that the Java processes of a cluster may take to end by themselves; with everything else it stays below 5 s. */
const graceMs = 2_000;

/**
 * Removes all containers, networks and volumes of a cluster, and its files. Event logs may stay, for the history server of
 * the next cluster of that name. False when there was nothing.
 */
export async function removeCluster(
  daemon: Daemon,
  name: string,
  { project }: Pick<OperationContext, 'project'>,
  { keepEvents }: { readonly keepEvents: boolean },
): Promise<boolean> {
  const containers = await findCluster(daemon, project, name);
  const projects = new Set([
    composeProject(name, project),
    ...containers.map((container) => container.composeProject),
  ]);
  await Promise.all(containers.map(({ id }) => removeContainer(daemon, id, graceMs)));
  const removed = await Promise.all(
    [...projects].map(async (each) => await removeNetworksAndVolumes(daemon, each, project)),
  );
  const folders = clusterFolders(project, name);
  const standbys = standbyFiles.map((file) => join(folders.cluster, file));
  const { work, secret, connectToken, support, composeVariables } = folders;
  for (const path of [work, secret, connectToken, support, composeVariables, ...standbys])
    await rm(path, { recursive: true, force: true });
  const ephemeral = containers.some(({ labels }) => labels[label.ephemeral] === 'true');
  await rm(keepEvents && !ephemeral ? dockerRecords.path(project, name) : folders.cluster, {
    recursive: true,
    force: true,
  });
  return containers.length > 0 || removed.some(Boolean);
}

async function removeNetworksAndVolumes(
  daemon: Daemon,
  composeName: string,
  project: string,
): Promise<boolean> {
  const filters = { label: [`${composeLabel.project}=${composeName}`] };
  const [networks, volumes] = await Promise.all([
    daemon.ask('the list of networks', (docker) => docker.listNetworks({ filters })),
    daemon.ask('the list of volumes', (docker) => docker.listVolumes({ filters })),
  ]);
  // Two folders of the same name share Compose's project name: only what this project made is removed.
  const ours = <Found extends { Labels?: Record<string, string> | null | undefined }>(
    found: readonly Found[],
  ) => found.filter(({ Labels }) => (Labels?.[label.project] ?? project) === project);
  const [goingNetworks, goingVolumes] = [ours(networks), ours(volumes.Volumes ?? [])];
  await Promise.all([
    ...goingNetworks.map(({ Id, Name }) =>
      unlessGone(
        daemon.ask(`the removal of the network ${Name}`, (docker) => docker.getNetwork(Id).remove()),
      ),
    ),
    ...goingVolumes.map(({ Name }) =>
      unlessGone(
        daemon.ask(`the removal of the volume ${Name}`, (docker) => docker.getVolume(Name).remove()),
      ),
    ),
  ]);
  return goingNetworks.length + goingVolumes.length > 0;
}

async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

type Labels = Readonly<Record<string, string>>;

/**
 * Removes what belongs to sparkctl processes of this machine that are dead: whole clusters that were made for one run,
 * and drivers that have ended, but for those of `runs`, which go on. Whatever has no such owner in its labels, or another
 * project, is never touched.
 */
export async function reclaimOrphans(
  context: OperationContext,
  runs: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const daemon = await connectIfThere(context.environment);
  if (daemon === undefined) return [];
  const clusters = new Set<string>();
  for (const labels of await ephemeralObjects(daemon, context.project)) {
    const name = labels[label.cluster];
    if (name !== undefined && isClusterName(name) && (await isOrphan(labels))) clusters.add(name);
  }
  for (const name of clusters) {
    await using _lock = await lockCluster(name, context);
    await removeCluster(daemon, name, context, { keepEvents: false });
  }
  for (const driver of await findContainers(daemon, context.project)) {
    // On a cluster that stays, a driver outlives its sparkctl and ends its work; `cluster status` shows it.
    // One that was made to wait is its run's by now, whoever made it.
    const isStandby = driver.labels[label.standby] !== undefined;
    if (isStandby || clusterRoles.includes(driver.role) || runs.has(driver.labels[label.run] ?? '')) continue;
    if (!driver.isRunning && (await isOrphan(driver.labels))) await removeContainer(daemon, driver.id, 2_000);
  }
  return [...clusters];
}

/** A network or a volume may be all that there was time to make. */
async function ephemeralObjects(daemon: Daemon, project: string): Promise<readonly Labels[]> {
  const filters = { label: [`${label.project}=${project}`, `${label.ephemeral}=true`] };
  const [containers, networks, volumes] = await Promise.all([
    daemon.ask('the list of containers', (docker) => docker.listContainers({ all: true, filters })),
    daemon.ask('the list of networks', (docker) => docker.listNetworks({ filters })),
    daemon.ask('the list of volumes', (docker) => docker.listVolumes({ filters })),
  ]);
  const found: readonly { readonly Labels?: Labels | null | undefined }[] = [
    ...containers,
    ...networks,
    ...(volumes.Volumes ?? []),
  ];
  return found.map(({ Labels: labels }) => labels ?? {});
}

async function isOrphan(labels: Labels): Promise<boolean> {
  const owner = ownerOf(labels);
  return owner !== undefined && (await livenessOf(owner)) === 'dead';
}
