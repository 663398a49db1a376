import { parseMemoryMb } from '../../../spark/executor-demand.ts';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { ClusterPlan } from '../../cluster-plan.ts';

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
    message: `${workers} with ${plan.workerMemoryMb} MiB${plan.workers === 1 ? '' : ' each'} ${plan.workers === 1 ? 'needs' : 'need'} ${askedMb} MiB, and the machine that Docker runs on has ${machineMb} MiB.`,
    hint: `Ask for less, such as --workers ${plan.workers} --worker-memory ${Math.max(fitting, 256)}m.`,
    details: { askedMb, machineMb },
  });
}
