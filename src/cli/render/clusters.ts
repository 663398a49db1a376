import type { ClusterRequest } from '../../cluster/choose-cluster.ts';
import type { ClusterResources, ClusterStatus } from '../../cluster/cluster.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { counted, formatNumber } from '../../system/format-number.ts';
import type { paint } from './paint.ts';
import { formatTable } from './table.ts';

/** A cluster with its nodes and links. */
export function formatCluster(found: ClusterStatus, color: ReturnType<typeof paint>): string {
  const status = printableRecord(found);
  const state = color(status.state === 'running' ? 'green' : 'yellow', status.state);
  const { alive, wanted } = status.workers;
  const nodes = formatTable(
    ['node', 'state', 'id', 'page'],
    status.nodes.map(({ name, state: nodeState, id, url, reason }) => [
      name,
      reason ? `${nodeState}: ${reason}` : nodeState,
      id,
      url ?? '',
    ]),
  );
  return (
    `Cluster ${color('bold', status.name)} (${status.backend}): ${state}, ${formatNumber(alive)} of ${counted(wanted, 'worker')} alive, ` +
    `each with ${counted(status.workerCores, 'core')} and ${formatNumber(status.workerMemoryMb)} MiB\n` +
    `Master ${status.master}\n\n${nodes}\n` +
    (status.resources === undefined ? '' : formatResources(status.resources)) +
    `Master page    ${status.links.master}\nHistory server ${status.links.history}\n` +
    (status.links.connect === undefined ? '' : `Spark Connect  ${status.links.connect}\n`) +
    (status.standby === undefined ? '' : `Standby driver ${status.standby.state}\n`)
  );
}

function formatResources({ cores, freeCores, memoryMb, freeMemoryMb, applications }: ClusterResources) {
  const freeMb = freeMemoryMb.reduce((sum, each) => sum + each, 0);
  const of = applications.map(({ id, name, cores: held }) =>
    held === 0 ? `${name} (${id}) waits` : `${name} (${id}) has ${counted(held, 'core')}`,
  );
  return `Free           ${formatNumber(freeCores)} of ${counted(cores, 'core')}, ${formatNumber(freeMb)} of ${formatNumber(memoryMb)} MiB\n${of.map((line, at) => `${at === 0 ? 'Applications   ' : ''.padEnd(15)}${line}\n`).join('')}`;
}

/** The clusters of a project, one line each. */
export function formatClusterList(clusters: readonly ClusterStatus[]): string {
  if (clusters.length === 0) return 'No cluster. Start one with: sparkctl cluster up\n';
  return formatTable(
    ['cluster', 'backend', 'state', 'workers', 'master'],
    clusters.map(({ name, backend, state, workers, master }) => [
      name,
      backend,
      state,
      `${formatNumber(workers.alive)} of ${formatNumber(workers.wanted)}`,
      master,
    ]),
  );
}

/** The clusters that were removed, or that there was none. */
export function formatRemoved(removed: readonly string[], request: ClusterRequest | 'all'): string {
  if (removed.length > 0) return removed.map((name) => `Cluster ${name} is down.\n`).join('');
  return request === 'all'
    ? 'There is no cluster in this project.\n'
    : `There is no cluster called ${request.cluster ?? 'default'}.\n`;
}
