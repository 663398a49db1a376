import { livenessOf } from '../../../system/processes/process-identity.ts';
import type { BackendContext } from '../../backend.ts';
import { isClusterName } from '../../cluster-folder.ts';
import { lockCluster } from '../../lock-cluster.ts';
import { findContainers } from '../containers/find-containers.ts';
import { removeContainer } from '../containers/remove-container.ts';
import { connectIfThere, type Daemon } from '../daemon/connect-docker.ts';
import { label, ownerOf } from '../plan/labels.ts';
import { removeCluster } from './remove-cluster.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Removes what belongs to sparkctl processes of this machine that are dead: whole clusters that were made for one run,
 * and drivers that have ended. Whatever has no such owner in its labels, or another project, is never touched.
 */
export async function reclaimOrphans(context: BackendContext): Promise<readonly string[]> {
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
    if (driver.role === 'driver' && !driver.isRunning && (await isOrphan(driver.labels)))
      await removeContainer(daemon, driver.id, 2_000);
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
