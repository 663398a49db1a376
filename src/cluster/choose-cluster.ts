import { totalmem } from 'node:os';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { BackendReason } from '../system/event.ts';
import type { BackendKind } from './backend-kind.ts';
import { backendKinds, loadBackend } from './backends.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { OperationContext } from './operation-context.ts';

export type BackendChoice = BackendKind | 'auto';

/** What a person asked of the cluster, on the command line or in the manifest; what they left open is undefined. */
export interface ClusterRequest {
  readonly backend: BackendChoice;
  readonly cluster?: string | undefined;
  readonly workers?: number | undefined;
  readonly workerCores?: number | undefined;
  readonly workerMemoryMb?: number | undefined;
}

/** The name of the cluster when none is given. */
export const defaultClusterName = 'default';
const defaultWorkers = 2;
const defaultWorkerCores = 1;
const defaultWorkerMemoryMb = 1024;

/** A running cluster of the wished name, whatever its backend, unless one is named. */
export async function findRunningCluster(
  wish: ClusterRequest,
  context: OperationContext,
): Promise<ClusterStatus | undefined> {
  const name = wish.cluster ?? defaultClusterName;
  const kinds = wish.backend === 'auto' ? backendKinds : [wish.backend];
  for (const kind of kinds) {
    // With no daemon there is no Docker cluster; only who asks for Docker must hear of it.
    const status = await statusOn(kind, name, context).catch((error: unknown) => {
      if (wish.backend === 'auto' && error instanceof SparkctlError) return undefined;
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
  const backend = await loadBackend(kind);
  return await backend.status(name, context);
}

/** The backend for a cluster that is made for a run: local where Java and Python are there, else Docker. */
export async function chooseBackendForRun(
  wish: ClusterRequest,
  context: OperationContext,
): Promise<{ kind: BackendKind; reason: BackendReason }> {
  if (wish.backend !== 'auto') {
    // Said before any data is made for it.
    const obstacle = await (await loadBackend(wish.backend)).obstacle(context);
    if (obstacle !== undefined) throw obstacle;
    return { kind: wish.backend, reason: 'named' };
  }
  const missing = await (await loadBackend('local')).obstacle(context);
  if (missing === undefined) return { kind: 'local', reason: 'java-and-python' };
  const noDocker = await (await loadBackend('docker')).obstacle(context);
  if (noDocker !== undefined) throw missing;
  return { kind: 'docker', reason: missing.code === 'no-java' ? 'no-java' : 'no-python' };
}

/** A complete and possible plan. `source` says where a wish was written, for the message when it cannot be. */
export function planCluster(
  name: string,
  wish: ClusterRequest,
  ephemeral: boolean,
  machineMemoryMb = Math.floor(totalmem() / 2 ** 20),
): ClusterPlan {
  const workerMemoryMb = wish.workerMemoryMb ?? defaultWorkerMemoryMb;
  if (workerMemoryMb > machineMemoryMb) {
    throw new SparkctlError({
      code: 'worker-memory-too-large',
      category: 'usage',
      message: `A worker with ${workerMemoryMb} MiB of memory does not fit: this machine has ${machineMemoryMb} MiB.`,
      hint: `Ask for less, for instance --worker-memory ${Math.max(512, Math.floor(machineMemoryMb / 4))}m.`,
      details: { workerMemoryMb, machineMemoryMb },
    });
  }
  return {
    name,
    workers: wish.workers ?? defaultWorkers,
    workerCores: wish.workerCores ?? defaultWorkerCores,
    workerMemoryMb,
    ephemeral,
  };
}
