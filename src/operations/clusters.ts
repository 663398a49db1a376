import type { UpOutcome } from '../cluster/backend.ts';
import {
  type BackendChoice,
  type ClusterRequest,
  chooseBackend,
  defaultClusterName,
  findRunningCluster,
  planCluster,
} from '../cluster/choose-cluster.ts';
import type { ClusterStatus } from '../cluster/cluster.ts';
import { Cluster } from '../cluster/cluster.ts';
import { noCluster } from '../cluster/cluster-folder.ts';
import { ClusterInUse } from '../cluster/lock-cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { loadBackend, presentBackends, stayingKinds } from '../cluster/registry.ts';
import type { StandbySettings } from '../cluster/standby/standby-settings.ts';
import { reclaim } from '../run/left/reclaim.ts';
import { prepareStandby } from '../run/prepare-standby.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { stopHolder } from '../system/locks/claims.ts';
import { inPhase } from '../system/phase.ts';

export { clusterNames } from '../cluster/cluster-folder.ts';

/** A change of a cluster that runs may use. */
interface ChangeOptions {
  /** Stop runs that use the cluster first; otherwise the change is refused. */
  readonly force: boolean;
}

/** The wish for standby drivers on a cluster that stays. */
export interface StandbyWish {
  /** The folder from which the next job will most likely be submitted. */
  readonly workingFolder: string;
  readonly settings: StandbySettings;
}

/**
 * Starts a cluster that stays, or brings the one of that name to what is asked. Where it is to have standby drivers, the first
 * begins to wait.
 */
export async function upCluster(
  request: ClusterRequest,
  { force, standby }: ChangeOptions & { readonly standby?: StandbyWish | undefined },
  context: OperationContext,
): Promise<UpOutcome> {
  await reclaim(context);
  const plan = planCluster(request.cluster ?? defaultClusterName, request, false);
  const { kind, reason } = await backendForStaying(request, context);
  context.emit({ kind: 'backend-chosen', backend: kind, reason });
  const outcome = await inPhase(context.emit, 'cluster', async () => {
    const cluster = await Cluster.of(kind, plan.name, context);
    const value = await changing('up', force, context, () => cluster.up(plan));
    await cluster.standbys?.set(standby?.settings);
    if (standby !== undefined) await prepareStandby(cluster, standby.workingFolder, context);
    const { name, workers, ephemeral } = value.status;
    const was = value.changed ? 'changed' : 'running';
    return { value, result: { phase: 'cluster', backend: kind, name, was, workers, ephemeral } };
  });
  await context.spark.prepareNext();
  return outcome;
}

/** A cluster that is there keeps its backend. */
async function backendForStaying(request: ClusterRequest, context: OperationContext): Promise<BackendChoice> {
  const { backend = 'auto' } = request;
  if (backend !== 'auto') return { kind: backend, reason: { why: 'named' } };
  const present = await findRunningCluster(request, context);
  if (present !== undefined) return { kind: present.backend, reason: { why: 'cluster-exists' } };
  return await chooseBackend(request, stayingKinds, context);
}

/** Stops and removes a cluster, or every cluster of the project. Returns the names of those that were removed. */
export async function downClusters(
  request: ClusterRequest | 'all',
  { force }: ChangeOptions,
  context: OperationContext,
): Promise<readonly string[]> {
  await reclaim(context);
  const present =
    request === 'all' ? await everyCluster(context) : [await findRunningCluster(request, context)];
  const removed: string[] = [];
  for (const { name, backend: kind } of present.filter((each) => each !== undefined)) {
    const cluster = await Cluster.of(kind, name, context);
    if (await changing('down', force, context, () => cluster.down())) removed.push(name);
  }
  return removed;
}

/** Changes how many workers a cluster has. */
export async function scaleCluster(
  request: ClusterRequest,
  workers: number,
  { force }: ChangeOptions,
  context: OperationContext,
): Promise<ClusterStatus> {
  const { cluster } = await existingCluster(request, context);
  return await changing('scale', force, context, () => cluster.scale(workers));
}

/** Finds the state of a cluster that must exist. */
export async function findCluster(
  request: ClusterRequest,
  context: OperationContext,
): Promise<ClusterStatus> {
  const { status, cluster } = await existingCluster(request, context);
  const state = await cluster.standbys?.state();
  return { ...status, ...(state && { standby: { state } }) };
}

/** Reads the log of a node from its beginning; with `follow` until the signal aborts. */
export async function* clusterLogs(
  request: ClusterRequest,
  node: string,
  follow: boolean,
  context: OperationContext,
): AsyncGenerator<string> {
  const { cluster } = await existingCluster(request, context);
  yield* cluster.logs(node, follow);
}

/** Lists every cluster of the project, on every backend that answers. */
export async function listClusters(context: OperationContext): Promise<readonly ClusterStatus[]> {
  await reclaim(context);
  return await everyCluster(context);
}

async function everyCluster(context: OperationContext): Promise<readonly ClusterStatus[]> {
  const found: ClusterStatus[] = [];
  for (const kind of await presentBackends(context)) {
    try {
      found.push(...(await (await loadBackend(kind, context)).list(context)));
    } catch (error) {
      // With no daemon there are no Docker clusters to list.
      if (!(error instanceof SparkctlError)) throw error;
    }
  }
  return found;
}

async function existingCluster(
  request: ClusterRequest,
  context: OperationContext,
): Promise<{ readonly cluster: Cluster; readonly status: ClusterStatus }> {
  await reclaim(context);
  const status = await findRunningCluster(request, context);
  if (status !== undefined)
    return { status, cluster: await Cluster.of(status.backend, status.name, context) };
  const name = request.cluster ?? defaultClusterName;
  throw noCluster(name, context.project, name === defaultClusterName ? '' : `--cluster ${name}`);
}

/** Changes or removes a cluster that runs may use; with `force` they are stopped first. */
async function changing<Result>(
  command: string,
  force: boolean,
  context: OperationContext,
  change: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!force || !(error instanceof ClusterInUse)) throw error;
      for (const holder of error.holders) {
        context.emit({ kind: 'stopping-run', run: holder.run, cluster: error.cluster });
        const by = `sparkctl cluster ${command} --force (process ${process.pid})`;
        await stopHolder(context.project, holder, by, context.signal);
      }
      // A run that was killed meanwhile has left its driver.
      await reclaim(context);
    }
  }
}
