import type { ClusterBackend } from '../cluster/backend.ts';
import { backendKinds, loadBackend } from '../cluster/backends.ts';
import { type ClusterRequest, defaultClusterName, findRunningCluster } from '../cluster/choose-cluster.ts';
import type { ClusterStatus } from '../cluster/cluster-status.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { reclaim } from '../run/reclaim.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';

interface FoundCluster {
  readonly backend: ClusterBackend;
  readonly status: ClusterStatus;
}

/** The cluster that is meant, or an error that says how to make one. */
export async function findCluster(wish: ClusterRequest, context: OperationContext): Promise<FoundCluster> {
  await reclaim(context);
  const status = await findRunningCluster(wish, context);
  if (status !== undefined) return { status, backend: await loadBackend(status.backend) };
  const name = wish.cluster ?? defaultClusterName;
  throw new SparkctlError({
    code: 'no-cluster',
    category: 'cluster',
    message: `There is no cluster called ${name} in ${context.project}.`,
    hint: `Start one with: sparkctl cluster up${name === defaultClusterName ? '' : ` --cluster ${name}`}`,
  });
}

/** Every cluster of the project, on every backend that answers. */
export async function listClusters(context: OperationContext): Promise<readonly ClusterStatus[]> {
  await reclaim(context);
  const found: ClusterStatus[] = [];
  for (const kind of backendKinds) {
    try {
      const backend = await loadBackend(kind);
      found.push(...(await backend.list(context)));
    } catch (error) {
      // With no daemon there are no Docker clusters to list.
      if (!(error instanceof SparkctlError)) throw error;
    }
  }
  return found;
}
