import { rm } from 'node:fs/promises';
import type { BackendContext } from '../../backend.ts';
import { recordPath } from '../cluster-record.ts';
import { findCluster } from '../containers/find-containers.ts';
import { removeContainer } from '../containers/remove-container.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import { isNotFound } from '../daemon/is-not-found.ts';
import { clusterFolders } from '../folders/cluster-folders.ts';
import { composeProject } from '../plan/cluster-names.ts';
import { composeLabel, label } from '../plan/labels.ts';

/** How long the Java processes of a cluster may take to end by themselves; together with the rest that stays below 5 s. */
const graceMs = 2_000;

/**
 * Removes all containers, networks and volumes of a cluster, and its files. Event logs may stay, for the history server of
 * the next cluster of that name. False when there was nothing.
 */
export async function removeCluster(
  daemon: Daemon,
  name: string,
  { project }: Pick<BackendContext, 'project'>,
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
  for (const path of [folders.work, folders.secret, folders.support, folders.composeVariables]) {
    await rm(path, { recursive: true, force: true });
  }
  const ephemeral = containers.some(({ labels }) => labels[label.ephemeral] === 'true');
  await rm(keepEvents && !ephemeral ? recordPath(project, name) : folders.cluster, {
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
