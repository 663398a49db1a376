import { findMarked } from '../../process/process-mark.ts';
import type { ClusterStatus, NodeStatus } from '../cluster-status.ts';
import { readMasterState } from '../master-state.ts';
import type { LocalClusterRecord, LocalNodeRecord } from './local-cluster-record.ts';
import { masterUrl, nodeOf, nodeUrl } from './local-node.ts';

/** What there is of a recorded cluster: which processes live, and which workers the master counts as ALIVE. */
export async function localClusterStatus(record: LocalClusterRecord): Promise<ClusterStatus> {
  const master = nodeOf(record, 'master');
  const state = await readMasterState(nodeUrl(master));
  const alive = new Set(
    (state?.workers ?? [])
      .filter((worker) => worker.state === 'ALIVE')
      .map(({ webuiaddress }) => webuiaddress),
  );
  const nodes = await Promise.all(record.nodes.map((node) => nodeStatus(node, alive)));
  const wanted = record.nodes.filter(({ role }) => role === 'worker').length;
  const complete = nodes.every(({ role, state: nodeState }) =>
    role === 'worker' ? nodeState === 'registered' : nodeState === 'running',
  );
  return {
    name: record.name,
    backend: 'local',
    state: complete && state !== undefined ? 'running' : 'degraded',
    ephemeral: record.ephemeral,
    master: masterUrl(record),
    workers: { wanted, alive: nodes.filter(({ state: nodeState }) => nodeState === 'registered').length },
    workerCores: record.workerCores,
    workerMemoryMb: record.workerMemoryMb,
    links: { master: nodeUrl(master), history: nodeUrl(nodeOf(record, 'history')) },
    nodes,
  };
}

async function nodeStatus(node: LocalNodeRecord, alive: ReadonlySet<string>): Promise<NodeStatus> {
  const [pid] = await findMarked(node.mark);
  const { name, role } = node;
  if (pid === undefined) return { name, role, state: 'gone', id: '-', reason: 'its process ended' };
  const state = role === 'worker' && alive.has(nodeUrl(node)) ? 'registered' : 'running';
  return { name, role, state, id: String(pid), url: nodeUrl(node) };
}
