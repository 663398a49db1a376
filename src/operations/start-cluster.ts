import type { UpOutcome } from '../cluster/backend.ts';
import type { BackendKind } from '../cluster/backend-kind.ts';
import { loadBackend } from '../cluster/backends.ts';
import {
  type ClusterRequest,
  defaultClusterName,
  findRunningCluster,
  planCluster,
} from '../cluster/choose-cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { reclaim } from '../run/reclaim.ts';
import type { BackendReason } from '../system/event.ts';
import { inPhase } from '../system/phase.ts';
import { changeCluster } from './change-cluster.ts';

/** Starts a cluster that stays, or brings the one of that name to what is asked. */
export async function startCluster(
  wish: ClusterRequest,
  { force }: { readonly force: boolean },
  context: OperationContext,
): Promise<UpOutcome> {
  await reclaim(context);
  const plan = planCluster(wish.cluster ?? defaultClusterName, wish, false);
  const { kind, reason } = await chooseBackend(wish, context);
  context.emit({ kind: 'backend-chosen', backend: kind, reason });
  return await inPhase(context.emit, 'cluster', async () => {
    if (kind === 'local') await context.spark.versions();
    const backend = await loadBackend(kind);
    const value = await changeCluster({ force, command: 'sparkctl cluster up' }, context, () =>
      backend.up(plan, context),
    );
    const { name, workers, ephemeral } = value.status;
    const was = value.changed ? 'changed' : 'running';
    return { value, result: { phase: 'cluster', backend: kind, name, was, workers, ephemeral } };
  });
}

/** A cluster that is there keeps its backend; otherwise Docker where a daemon answers, else local. */
async function chooseBackend(
  wish: ClusterRequest,
  context: OperationContext,
): Promise<{ kind: BackendKind; reason: BackendReason }> {
  if (wish.backend !== 'auto') return { kind: wish.backend, reason: 'named' };
  const present = await findRunningCluster(wish, context);
  if (present !== undefined) return { kind: present.backend, reason: 'cluster-exists' };
  const obstacle = await (await loadBackend('docker')).obstacle(context);
  return obstacle === undefined
    ? { kind: 'docker', reason: 'docker-answers' }
    : { kind: 'local', reason: 'no-docker' };
}
