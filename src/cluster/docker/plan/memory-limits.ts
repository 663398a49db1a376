import { parseMemoryMb } from '../../../spark/executor-demand.ts';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { formatNumber } from '../../../system/format-number.ts';
import type { ClusterPlan } from '../../cluster.ts';
import type { Variables } from '../compose/compose-yaml.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';

/**
 * The memory limit of a worker's container. `workerMemoryMb` is what its executors may use as heap; beside it there are
 * the worker itself, what a JVM needs outside of its heap, and a Python process a core, which may hold a whole
 * batch of rows.
 */
export function workerLimitMb({
  workerMemoryMb,
  workerCores,
}: Pick<ClusterPlan, 'workerMemoryMb' | 'workerCores'>): number {
  return Math.ceil(workerMemoryMb * 1.1) + 1024 + 512 * workerCores;
}

/** Spark's own default for spark.driver.memory. */
const defaultDriverMemoryMb = 1024;

/** The memory limit of a driver's container: its heap as asked for, and room for Python beside it, but no more than there is. */
export function driverLimitMb(sparkSubmitArguments: readonly string[], machineMb: number): number {
  const heapMb = askedDriverMemoryMb(sparkSubmitArguments) ?? defaultDriverMemoryMb;
  return Math.min(Math.max(4096, Math.ceil(heapMb * 1.5) + 2048), machineMb);
}

function askedDriverMemoryMb(args: readonly string[]): number | undefined {
  let asked: number | undefined;
  args.forEach((argument, index) => {
    const next = args[index + 1] ?? '';
    const value =
      /^--driver-memory=(.*)$/.exec(argument)?.[1] ??
      (argument === '--driver-memory' ? next : undefined) ??
      /^(?:(?:--conf|-c)=)?spark\.driver\.memory=(.*)$/.exec(argument)?.[1];
    asked = (value === undefined ? undefined : parseMemoryMb(value)) ?? asked;
  });
  return asked;
}

/** Refuses workers whose executors could not all have the memory that is asked for, before anything is started. */
export function requireMemory(plan: ClusterPlan, machineMb: number): void {
  const askedMb = plan.workers * plan.workerMemoryMb;
  if (askedMb <= machineMb) return;
  const fitting = Math.floor((machineMb * 0.75) / plan.workers / 256) * 256;
  const workers = plan.workers === 1 ? 'One worker' : `${plan.workers} workers`;
  throw new SparkctlError({
    code: 'not-enough-memory',
    category: 'usage',
    message: `${workers} with ${formatNumber(plan.workerMemoryMb)} MiB${plan.workers === 1 ? '' : ' each'} ${plan.workers === 1 ? 'needs' : 'need'} ${formatNumber(askedMb)} MiB, and the machine that Docker runs on has ${formatNumber(machineMb)} MiB.`,
    hint: `Ask for less, such as --workers ${plan.workers} --worker-memory ${Math.max(fitting, 256)}m.`,
    details: { askedMb, machineMb },
  });
}

interface PlanFacts {
  readonly plan: ClusterPlan;
  readonly composeProject: string;
  readonly projectFolder: string;
  readonly folders: ClusterFolders;
  readonly image: string;
  /** The user id of the containers; their group is 0. */
  readonly uid: number;
}

/**
 * The values of docker-compose.yml's variables for a cluster. With the same values in a file, Compose itself can make, list
 * and remove this cluster.
 */
export function clusterVariables({
  plan,
  composeProject,
  projectFolder,
  folders,
  image,
  uid,
}: PlanFacts): Variables {
  return {
    COMPOSE_PROJECT_NAME: composeProject,
    PWD: projectFolder,
    SPARK_IMAGE: image,
    SPARK_UID: String(uid),
    SPARK_WORKERS: String(plan.workers),
    SPARK_WORKER_CORES: String(plan.workerCores),
    SPARK_WORKER_MEMORY: `${plan.workerMemoryMb}m`,
    SPARK_WORKER_MEMORY_LIMIT: `${workerLimitMb(plan)}m`,
    SPARK_EVENTS: folders.events,
    SPARK_WORK: folders.work,
    SPARK_IVY_DIR: folders.ivy,
    SPARK_SECRET_MOUNT: `${folders.secret}:/var/lib/spark/secret/rpc:ro`,
    SPARK_CONNECT_TOKEN_MOUNT: `${folders.connectToken}:/var/lib/spark/connect/token:ro`,
  };
}
