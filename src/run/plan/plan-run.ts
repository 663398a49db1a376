import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type BackendChoice,
  type ClusterRequest,
  defaultClusterName,
  planCluster,
} from '../../cluster/choose-cluster.ts';
import type { ClusterPlan, ClusterStatus } from '../../cluster/cluster.ts';
import type { ClusterConnection } from '../../cluster/driver.ts';
import type { BackendKind } from '../../cluster/registry.ts';
import { type StandbySettings, usualIdleMs } from '../../cluster/standby/standby-settings.ts';
import type { Job } from '../../job/resolve-job.ts';
import {
  deployMode,
  effectiveMaster,
  effectiveValue,
  type GivenProperties,
  runsInYarn,
} from '../../spark/effective-value.ts';
import { type ExecutorDemand, executorDemand } from '../../spark/executor-demand.ts';
import type { SparkSubmission } from '../../spark/spark-submit.ts';
import { describeReason } from '../../system/describe-phase.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { formatNumber } from '../../system/format-number.ts';
import { runProperty } from '../events/event-log.ts';
import { artifactsFolder, eventLogFolder, runFolder } from '../record/run-store.ts';
import type { KeptRequest, SubmitRequest } from './submit-request.ts';

/**
 * Everything that one run does, decided beforehand: a value that `--dry-run` shows, `executeRun` carries out, and the run
 * folder keeps. Only what a running cluster alone can say (its address, its secret) is added during execution.
 */
export interface RunPlan {
  readonly schemaVersion: 1;
  readonly id: string;
  /** The project's folder, absolute. */
  readonly project: string;
  readonly workingFolder: string;
  readonly job: Job;
  readonly place: RunPlace;
  readonly submission: SparkSubmission;
  /** True where Spark has to be told what to blank in its pages and logs. */
  readonly redactsSpark: boolean;
  readonly wait: boolean;
  readonly timeoutMs?: number;
  readonly strict: boolean;
  readonly skipChecks: boolean;
  /** True for a run that any command takes up again where its process is killed. */
  readonly detached: boolean;
  /** The wish for standby drivers: false where the run is to have a driver of its own, and leaves none. */
  readonly standby: StandbySettings | false;
  /** The submission that the plan was made of; plans of earlier versions have none. */
  readonly request?: KeptRequest;
}

/** The cluster that a run goes to. */
export type RunPlace =
  | {
      readonly kind: 'external';
      readonly backend: BackendKind;
      /** The master's URL. */
      readonly name: string;
      /** The place where the master was named: an option, a file, the manifest. */
      readonly reason: string;
      /** The tag by which YARN knows the application, where the driver runs within YARN. */
      readonly yarnTag?: string;
    }
  | { readonly kind: 'running'; readonly backend: BackendKind; readonly name: string }
  | {
      readonly kind: 'new';
      readonly backend: BackendKind;
      readonly name: string;
      readonly reason: string;
      readonly cluster: ClusterPlan;
      readonly demand: ExecutorDemand;
    };

/** The clusters that were found for a run, before anything is decided. */
export type FoundPlace =
  | { readonly kind: 'external' }
  | { readonly kind: 'running'; readonly status: ClusterStatus }
  | { readonly kind: 'none'; readonly choice: BackendChoice };

/** All that a plan is made from. */
export interface RunFacts {
  readonly id: string;
  readonly project: string;
  readonly job: Job;
  readonly request: SubmitRequest;
  readonly given: GivenProperties;
  /** True where the submission holds a secret. */
  readonly hasSecrets: boolean;
}

/** Plans a run: asks nothing, starts nothing, and refuses what cannot end well. */
export function planRun(facts: RunFacts, found: FoundPlace): RunPlan {
  const { id, project, job, request, given, hasSecrets } = facts;
  return {
    schemaVersion: 1,
    id,
    project,
    workingFolder: request.workingFolder ?? project,
    job,
    place: planPlace(facts, found),
    submission: sparkSubmission(facts),
    // A pattern of the person's own stays.
    redactsSpark: hasSecrets && effectiveValue('spark.redaction.regex', given) === undefined,
    wait: request.wait === true,
    ...(request.timeoutMs !== undefined && { timeoutMs: request.timeoutMs }),
    strict: request.strict === true,
    skipChecks: request.skipChecks === true,
    detached: request.detached === true,
    standby: request.standby ?? { idleMs: usualIdleMs },
    request: kept(request),
  };
}

function kept({ detached: _, onStdout: __, onStderr: ___, ...request }: SubmitRequest): KeptRequest {
  return request;
}

/** The cluster that a job and its submission ask for; flags are stronger than the manifest. */
export function requestedCluster({ job, request }: Pick<RunFacts, 'job' | 'request'>): ClusterRequest {
  const asked = request.cluster ?? {};
  const { workers, workerCores, workerMemoryMb } = job.manifest?.cluster ?? {};
  return {
    ...asked,
    workers: asked.workers ?? workers,
    workerCores: asked.workerCores ?? workerCores,
    workerMemoryMb: asked.workerMemoryMb ?? workerMemoryMb,
  };
}

function planPlace(facts: RunFacts, found: FoundPlace): RunPlace {
  const { id, request, given } = facts;
  const master = effectiveMaster(given);
  refuseClusterMode(master?.value, given);
  if (master !== undefined) {
    const { value: name, saidBy: reason } = master;
    const tag = runsInYarn(given) ? { yarnTag: yarnTag(id) } : {};
    return { kind: 'external', backend: 'external', name, reason, ...tag };
  }
  const demand = executorDemand(given);
  if (found.kind === 'running') {
    const { name, backend } = found.status;
    mustHaveWorkers(found.status);
    mustFit(demand, found.status);
    return { kind: 'running', backend, name };
  }
  if (found.kind === 'external') throw new Error('an external master was found where none is named');
  const asked = requestedCluster(facts);
  const keep = request.keep === true;
  const name = asked.cluster ?? (keep ? defaultClusterName : id);
  const sizes = {
    ...asked,
    // A cluster that is made for a run is made large enough for it, unless its size was given.
    workerMemoryMb: asked.workerMemoryMb ?? Math.max(1024, demand.memoryMb),
    workerCores: asked.workerCores ?? demand.cores,
  };
  const cluster = planCluster(name, sizes, !keep);
  mustFit(demand, cluster);
  const { kind: backend, reason } = found.choice;
  return { kind: 'new', backend, name, reason: describeReason(reason, backend), cluster, demand };
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

/** Refuses an executor that no worker can hold: Spark itself would wait for ever for a larger one. */
export function mustFit(
  demand: ExecutorDemand,
  cluster: Pick<ClusterPlan, 'name' | 'workerCores' | 'workerMemoryMb'>,
): void {
  const memory = demand.memoryMb > cluster.workerMemoryMb;
  if (!memory && (demand.cores ?? 1) <= cluster.workerCores) return;
  const [asked, offered, flag, lower] = memory
    ? [
        `${formatNumber(demand.memoryMb)} MiB of memory`,
        `${formatNumber(cluster.workerMemoryMb)} MiB`,
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
 * Refuses cluster mode where the driver's exit code stays unknown: the clients of standalone masters and of Kubernetes
 * end with 0 even for a driver that failed. YARN can be asked.
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

/** Puts together the call of spark-submit, but for what the cluster adds. */
export function sparkSubmission({
  id,
  project,
  job,
  request,
  given,
}: Omit<RunFacts, 'hasSecrets' | 'request'> & {
  readonly request: Pick<SubmitRequest, 'sparkOptions' | 'applicationArguments'>;
}): SparkSubmission {
  const folder = runFolder(project, id);
  return {
    properties: [
      effectiveMaster(given) === undefined ? {} : externalProperties(given, folder, job.application),
      {
        // The event log must be readable without Spark.
        'spark.eventLog.compress': 'false',
        // The driver's page has no login, and gives whoever can read it the token with which to end jobs and stages.
        'spark.ui.killEnabled': 'false',
        [runProperty]: id,
      },
      job.manifest?.conf ?? {},
    ],
    propertiesFiles: given.files.map(({ path }) => path),
    options: [
      ...(request.sparkOptions ?? []).filter(
        ({ name }) => name !== '--properties-file' && name !== '--load-spark-defaults',
      ),
      ...tagForYarn(given, id),
    ],
    application: whole(job.application),
    applicationArguments: [
      ...(job.manifest?.arguments ?? []).map((argument) =>
        argument
          .replaceAll('${run}', () => id)
          // A function, since $& and its like in a path would be taken for a part of what was found.
          .replaceAll('${artifacts}', () => join(folder, artifactsFolder)),
      ),
      ...(request.applicationArguments ?? []),
    ],
  };
}

/** Adds what a cluster needs, weaker than all that the submission itself says. */
export function submissionTo(connection: ClusterConnection, submission: SparkSubmission): SparkSubmission {
  return {
    ...submission,
    ...(connection.master !== undefined && { master: connection.master }),
    properties: [connection.properties, ...submission.properties],
  };
}

/** The tag by which the run finds its application in YARN again, beside the person's own tags. */
function tagForYarn(given: GivenProperties, id: string): SparkSubmission['options'] {
  if (!runsInYarn(given)) return [];
  const own = effectiveValue('spark.yarn.tags', given)?.value;
  return [{ name: '--conf', value: `spark.yarn.tags=${own ? `${own},` : ''}${yarnTag(id)}` }];
}

/** Makes a tag of an id: YARN takes small ASCII letters, a hundred at most. */
function yarnTag(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(-100);
}

/** A script whose path has a # is passed as a URL: Spark would take what follows the # for a name of its own. */
function whole(application: string): string {
  return application.startsWith('/') && application.includes('#')
    ? pathToFileURL(application).href
    : application;
}

/** In client mode the driver is here and can leave its event log in the run folder, unless the person wants it elsewhere. */
function externalProperties(
  given: GivenProperties,
  folder: string,
  application: string,
): Readonly<Record<string, string>> {
  const isSaid = (key: string) => effectiveValue(key, given) !== undefined;
  const ownWish = isSaid('spark.eventLog.enabled') || isSaid('spark.eventLog.dir');
  // Without it spark-submit 4.3 tells a Python script nothing of the server that --remote names.
  if (isSaid('spark.remote')) return application.endsWith('.py') ? { 'spark.api.mode': 'connect' } : {};
  if (deployMode(given).value !== 'client' || ownWish) return {};
  return {
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': pathToFileURL(join(folder, eventLogFolder)).href,
  };
}
