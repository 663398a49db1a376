import { type ClusterRequest, chooseBackend, planCluster } from '../cluster/choose-cluster.ts';
import { Cluster, type ClusterStatus } from '../cluster/cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { makingKinds } from '../cluster/registry.ts';
import { reclaim } from '../run/left/reclaim.ts';
import { inPhase } from '../system/phase.ts';

/** Starts a cluster that belongs to this process, and goes when its handle is disposed of. Of a start that fails nothing is left. */
export async function startScopedCluster(
  name: string,
  request: ClusterRequest,
  context: OperationContext,
): Promise<{ readonly cluster: Cluster; readonly status: ClusterStatus }> {
  await reclaim(context);
  const plan = planCluster(name, request, true);
  const { kind, reason } = await chooseBackend(request, makingKinds, context);
  context.emit({ kind: 'backend-chosen', backend: kind, reason });
  const cluster = await Cluster.of(kind, name, context);
  try {
    const status = await inPhase(context.emit, 'cluster', async () => {
      const { status: value } = await cluster.up(plan);
      const { workers, ephemeral } = value;
      const was = 'started';
      return { value, result: { phase: 'cluster', backend: kind, name, was, workers, ephemeral } };
    });
    return { cluster, status };
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
