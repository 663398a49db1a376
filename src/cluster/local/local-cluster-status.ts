import { describePlace, whereIs } from '../../system/processes/process-identity.ts';
import { findMarked } from '../../system/processes/process-mark.ts';
import type { ClusterStatus, NodeStatus } from '../cluster.ts';
import { connectLink } from '../connect-server.ts';
import type { OperationContext } from '../operation-context.ts';
import { roles } from '../roles.ts';
import { readMasterState, resourcesOf } from '../spark-pages.ts';
import type { LocalClusterRecord, LocalNodeRecord } from './local-cluster-record.ts';
import { connectOf, connectTokenPath, masterUrl, nodeOf, nodeUrl, workersOf } from './local-node.ts';

/** Reads the state of a recorded cluster: the processes that live, and the workers that the master calls ALIVE. */
export async function localClusterStatus(
  record: LocalClusterRecord,
  { project }: Pick<OperationContext, 'project'>,
): Promise<ClusterStatus> {
  if ((await whereIs(record.owner)) === 'elsewhere') return statusElsewhere(record);
  const { grpcPort } = connectOf(record) ?? {};
  const tokenPath = connectTokenPath(project, record.name);
  const connect = await connectLink(grpcPort, tokenPath);
  const master = nodeOf(record, 'master');
  const state = await readMasterState(nodeUrl(master));
  const alive = new Set(state?.workers.map(({ webuiaddress }) => webuiaddress));
  const nodes = await Promise.all(record.nodes.map((node) => nodeStatus(node, alive)));
  const wanted = workersOf(record).length;
  const complete = nodes.every(({ role, state: nodeState }) =>
    roles[role].registers ? nodeState === 'registered' : nodeState === 'running',
  );
  return {
    ...planned(record),
    state: complete && state !== undefined ? 'running' : 'degraded',
    workers: { wanted, alive: nodes.filter(({ state: nodeState }) => nodeState === 'registered').length },
    links: {
      master: nodeUrl(master),
      history: nodeUrl(nodeOf(record, 'history')),
      ...(connect !== undefined && { connect }),
    },
    nodes,
    ...(state && { resources: resourcesOf(state) }),
  };
}

function planned(record: LocalClusterRecord) {
  const { name, ephemeral, workerCores, workerMemoryMb } = record;
  return {
    name,
    backend: 'local' as const,
    ephemeral,
    master: masterUrl(record),
    workerCores,
    workerMemoryMb,
  };
}

/** Repeats the record. Its addresses may belong to another cluster here. */
function statusElsewhere(record: LocalClusterRecord): ClusterStatus {
  const reason = `on ${describePlace(record.owner)}`;
  return {
    ...planned(record),
    state: 'elsewhere',
    workers: { wanted: workersOf(record).length, alive: 0 },
    links: { master: '', history: '' },
    nodes: record.nodes.map(({ name, role }) => ({ name, role, state: 'elsewhere', id: '-', reason })),
  };
}

async function nodeStatus(node: LocalNodeRecord, alive: ReadonlySet<string>): Promise<NodeStatus> {
  const [pid] = await findMarked(node.mark);
  const { name, role } = node;
  if (pid === undefined) return { name, role, state: 'gone', id: '-', reason: 'its process ended' };
  const state = roles[role].registers && alive.has(nodeUrl(node)) ? 'registered' : 'running';
  return { name, role, state, id: String(pid), url: nodeUrl(node) };
}
