import type { BackendContext } from '../../backend.ts';
import type { ClusterStatus } from '../../cluster-status.ts';
import { writeRecord } from '../cluster-record.ts';
import { removeContainer } from '../containers/remove-container.ts';
import { connectDocker } from '../daemon/connect-docker.ts';
import { dockerMachine } from '../daemon/docker-machine.ts';
import { writeComposeVariables } from '../folders/prepare-folders.ts';
import { requireMemory } from '../plan/memory-limits.ts';
import { planCluster } from '../plan/plan-cluster.ts';
import { clusterStatus } from './cluster-status.ts';
import { imageOf, knownCluster } from './known-cluster.ts';
import { makeCluster } from './make-cluster.ts';
import { planningOf } from './planning.ts';

/** Adds or removes workers. When that fails, only what was added is taken away again: the cluster was there before. */
export async function scaleCluster(
  name: string,
  workers: number,
  context: BackendContext,
): Promise<ClusterStatus> {
  const daemon = await connectDocker(context.environment);
  const { record, containers } = await knownCluster(daemon, name, context);
  const plan = { ...record.plan, workers };
  requireMemory(plan, (await dockerMachine(daemon)).memoryMb);
  const planning = await planningOf(plan, record, imageOf(record), context, containers);
  const added: string[] = [];
  try {
    await writeRecord(context.project, { ...record, plan });
    const made = await makeCluster(daemon, planCluster(planning), name, context, (id) => added.push(id));
    await writeComposeVariables(planning.folders.composeVariables, planning.variables);
    return await clusterStatus(daemon, context.project, name, made.containers);
  } catch (error) {
    await writeRecord(context.project, record);
    await Promise.allSettled(added.map((id) => removeContainer(daemon, id, 0)));
    throw error;
  }
}
