import type { ClusterStatus } from '../../cluster/cluster-status.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { formatTable } from './format-table.ts';
import type { paint } from './progress.ts';

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
    `Cluster ${color('bold', status.name)} (${status.backend}): ${state}, ${alive} of ${wanted} workers alive, ` +
    `each ${status.workerCores} cores and ${status.workerMemoryMb} MiB\n` +
    `Master ${status.master}\n\n${nodes}\n` +
    `Master page    ${status.links.master}\nHistory server ${status.links.history}\n`
  );
}

export function formatClusterList(clusters: readonly ClusterStatus[]): string {
  if (clusters.length === 0) return 'No cluster. Start one with: sparkctl cluster up\n';
  return formatTable(
    ['cluster', 'backend', 'state', 'workers', 'master'],
    clusters.map(({ name, backend, state, workers, master }) => [
      name,
      backend,
      state,
      `${workers.alive}/${workers.wanted}`,
      master,
    ]),
  );
}
