import {
  type ClusterRequest,
  chooseBackend,
  defaultClusterName,
  findRunningCluster,
  planCluster,
} from '../cluster/choose-cluster.ts';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import type { ClusterStatus } from '../cluster/cluster-status.ts';
import { hadoopFolder } from '../cluster/external/resource-managers.ts';
import { clusterClaim, lockCluster } from '../cluster/lock-cluster.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { type BackendKind, makingKinds } from '../cluster/registry.ts';
import type { Job } from '../job/resolve-job.ts';
import { deployMode, effectiveMaster, type GivenProperties, runsInYarn } from '../spark/effective-value.ts';
import { type ExecutorDemand, executorDemand } from '../spark/executor-demand.ts';
import { describeReason } from '../system/describe-phase.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { Claims } from '../system/locks/claims.ts';
import type { SubmitRequest } from './submit-request.ts';

export type TargetChoice =
  | { readonly kind: 'external'; readonly master: string; readonly reason: string; readonly inYarn: boolean }
  | { readonly kind: 'running'; readonly status: ClusterStatus }
  | {
      readonly kind: 'new';
      readonly backend: BackendKind;
      readonly plan: ClusterPlan;
      readonly reason: string;
      readonly demand: ExecutorDemand;
    };

/** Decides where a run goes, and checks whatever can be checked before anything is started. */
export async function chooseTarget(
  job: Job,
  request: SubmitRequest,
  given: GivenProperties,
  runId: string,
  context: OperationContext,
): Promise<TargetChoice> {
  const master = effectiveMaster(given);
  refuseClusterMode(master?.value, given);
  if (master !== undefined) {
    if (master.value === 'yarn') await hadoopFolder(context.environment);
    return { kind: 'external', master: master.value, reason: master.saidBy, inYarn: runsInYarn(given) };
  }
  const wish = wishOf(job, request);
  const demand = executorDemand(given);
  const running = await findRunningCluster(wish, context);
  // One that is elsewhere is none; who names it is told so when it is to be made.
  if (running !== undefined && running.state !== 'elsewhere') {
    mustHaveWorkers(running);
    mustFit(demand, running);
    return { kind: 'running', status: running };
  }
  const name = wish.cluster ?? (request.keep ? defaultClusterName : runId);
  const sizes = {
    ...wish,
    // A cluster that is made for a run is made large enough for it, unless its size was said.
    workerMemoryMb: wish.workerMemoryMb ?? Math.max(1024, demand.memoryMb),
    workerCores: wish.workerCores ?? demand.cores,
  };
  const plan = planCluster(name, sizes, !request.keep);
  mustFit(demand, plan);
  const { kind, reason } = await chooseBackend(wish, makingKinds, context);
  return { kind: 'new', backend: kind, plan, reason: describeReason(reason, kind), demand };
}

/**
 * Decides as `chooseTarget` does, but only once nobody is making or changing that cluster any more, and claims the cluster:
 * until the run is over nobody takes it away.
 */
export async function reserveTarget(
  job: Job,
  request: SubmitRequest,
  given: GivenProperties,
  claims: Claims,
  context: OperationContext & { readonly run: string },
): Promise<TargetChoice> {
  const choose = () => chooseTarget(job, request, given, context.run, context);
  if (effectiveMaster(given) !== undefined) return await choose();
  await using _lock = await lockCluster(request.wish.cluster ?? defaultClusterName, context);
  const choice = await choose();
  if (choice.kind === 'external') return choice;
  const { name } = choice.kind === 'running' ? choice.status : choice.plan;
  // It is shared by all, so that nothing can be in its way.
  await claims.tryToAdd([clusterClaim(name)], context.signal);
  return choice;
}

/** Flags stand above the manifest. */
function wishOf(job: Job, { wish }: SubmitRequest): ClusterRequest {
  const wanted = job.manifest?.cluster ?? {};
  return {
    ...wish,
    workers: wish.workers ?? wanted.workers,
    workerCores: wish.workerCores ?? wanted.workerCores,
    workerMemoryMb: wish.workerMemoryMb ?? wanted.workerMemoryMb,
  };
}

function mustHaveWorkers({ name, backend, workers }: ClusterStatus): void {
  if (workers.alive > 0) return;
  throw new SparkctlError({
    code: 'no-worker',
    category: 'cluster',
    message: `Cluster ${name} (${backend}) has no living worker: none of ${workers.wanted} is registered with its master.`,
    hint: `Bring it back with: sparkctl cluster up --cluster ${name} --backend ${backend}`,
  });
}

/** Spark itself waits for ever for a worker that is large enough; better to say it before the start. */
export function mustFit(
  demand: ExecutorDemand,
  cluster: Pick<ClusterPlan, 'name' | 'workerCores' | 'workerMemoryMb'>,
): void {
  const memory = demand.memoryMb > cluster.workerMemoryMb;
  if (!memory && (demand.cores ?? 1) <= cluster.workerCores) return;
  const [asked, offered, flag, lower] = memory
    ? [
        `${demand.memoryMb} MiB of memory`,
        `${cluster.workerMemoryMb} MiB`,
        `--worker-memory ${demand.memoryMb}m`,
        '--executor-memory',
      ]
    : [
        `${demand.cores} cores`,
        String(cluster.workerCores),
        `--worker-cores ${demand.cores}`,
        '--executor-cores',
      ];
  throw new SparkctlError({
    code: 'executor-does-not-fit',
    category: 'cluster',
    message: `An executor of this job asks for ${asked}, and a worker of cluster ${cluster.name} offers ${offered}: it would wait for ever.`,
    hint: `Make the workers larger (${flag}), or ask for less with ${lower}.`,
    details: { demand, workerCores: cluster.workerCores, workerMemoryMb: cluster.workerMemoryMb },
  });
}

/**
 * In cluster mode the clients of standalone masters and of Kubernetes end with 0 even for a driver that failed. YARN can
 * be asked for the true end.
 */
function refuseClusterMode(master: string | undefined, given: GivenProperties): void {
  const mode = deployMode(given);
  if (mode.value !== 'cluster' || (master !== undefined && !/^(?:spark|k8s):/.test(master))) return;
  const whose = master === undefined ? 'a cluster of sparkctl' : `the master ${master}`;
  throw new SparkctlError({
    code: 'cluster-mode',
    category: 'usage',
    message: `Cluster mode (${mode.saidBy}) cannot be used on ${whose}: the exit code of such a driver is not known.`,
    hint:
      master === undefined
        ? 'Leave it out or say --deploy-mode client, or name another master with --master.'
        : 'Say --deploy-mode client: the driver then runs here, and its end is the end of the run.',
  });
}
