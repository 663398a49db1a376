import { totalmem } from 'node:os';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { BackendReason } from '../system/event.ts';
import { formatNumber } from '../system/format-number.ts';
import type { ClusterPlan, ClusterStatus } from './cluster.ts';
import type { OperationContext } from './operation-context.ts';
import { type BackendKind, loadBackend, makingKinds, presentBackends } from './registry.ts';

/** A request for a cluster, from the command line or the manifest. Whatever it leaves open is undefined. */
export interface ClusterRequest {
  readonly backend?: BackendKind | 'auto' | undefined;
  readonly cluster?: string | undefined;
  readonly workers?: number | undefined;
  readonly workerCores?: number | undefined;
  readonly workerMemoryMb?: number | undefined;
  /** A Spark Connect server on the cluster. Default: none. */
  readonly connect?: boolean | undefined;
}

/** The name of the cluster when none is given. */
export const defaultClusterName = 'default';
const defaultWorkers = 2;
const defaultWorkerCores = 1;
const defaultWorkerMemoryMb = 1024;

/** Finds a running cluster of the requested name, whatever its backend, unless one is named. */
export async function findRunningCluster(
  request: ClusterRequest,
  context: OperationContext,
): Promise<ClusterStatus | undefined> {
  const name = request.cluster ?? defaultClusterName;
  const { backend = 'auto' } = request;
  const isOpen = backend === 'auto';
  for (const kind of isOpen ? await presentBackends(context) : [backend]) {
    // With no daemon there is no Docker cluster; only a request for Docker has to report that.
    const status = await statusOn(kind, name, context).catch((error: unknown) => {
      if (isOpen && error instanceof SparkctlError) return undefined;
      throw error;
    });
    if (status !== undefined) return status;
  }
  return undefined;
}

async function statusOn(
  kind: BackendKind,
  name: string,
  context: OperationContext,
): Promise<ClusterStatus | undefined> {
  const backend = await loadBackend(kind, context);
  return await backend.status(name, context);
}

/** The backend that a new cluster is made by, and why. */
export interface BackendChoice {
  readonly kind: BackendKind;
  readonly reason: BackendReason;
}

/** Chooses the requested backend, or the first of `order` by which a cluster can be made on this machine. */
export async function chooseBackend(
  { backend = 'auto' }: Pick<ClusterRequest, 'backend'>,
  order: readonly BackendKind[],
  context: OperationContext,
): Promise<BackendChoice> {
  if (backend !== 'auto') {
    // Found out before any data is made.
    const obstacle = await (await loadBackend(backend, context)).obstacle(context);
    if (obstacle !== undefined) throw obstacle;
    return { kind: backend, reason: { why: 'named' } };
  }
  const obstacles = new Map<BackendKind, SparkctlError>();
  for (const kind of order) {
    const obstacle = await (await loadBackend(kind, context)).obstacle(context);
    const [passedOver] = obstacles;
    if (obstacle !== undefined) obstacles.set(kind, obstacle);
    else if (passedOver === undefined) return { kind, reason: { why: 'possible' } };
    else return { kind, reason: { why: 'instead', of: passedOver[0], code: passedOver[1].code } };
  }
  throw makingKinds.map((kind) => obstacles.get(kind)).find((obstacle) => obstacle !== undefined);
}

/** Fills a request in to a complete and possible plan. */
export function planCluster(
  name: string,
  request: ClusterRequest,
  ephemeral: boolean,
  machineMemoryMb = Math.floor(totalmem() / 2 ** 20),
): ClusterPlan {
  const workerMemoryMb = request.workerMemoryMb ?? defaultWorkerMemoryMb;
  if (workerMemoryMb > machineMemoryMb) {
    throw new SparkctlError({
      code: 'worker-memory-too-large',
      category: 'usage',
      message: `A worker with ${mebibytes(workerMemoryMb)} of memory does not fit: this machine has ${mebibytes(machineMemoryMb)}.`,
      hint: `Ask for less, for instance --worker-memory ${Math.max(512, Math.floor(machineMemoryMb / 4))}m.`,
      details: { workerMemoryMb, machineMemoryMb },
    });
  }
  return {
    name,
    workers: request.workers ?? defaultWorkers,
    workerCores: request.workerCores ?? defaultWorkerCores,
    workerMemoryMb,
    ephemeral,
    connect: request.connect ?? false,
  };
}

function mebibytes(sizeMb: number): string {
  return `${formatNumber(sizeMb)} MiB`;
}
