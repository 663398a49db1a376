import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { Cluster } from '../../cluster/cluster.ts';
import type { OperationContext } from '../../cluster/operation-context.ts';
import type { BackendKind } from '../../cluster/registry.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { packageRoot } from '../../system/package.ts';
import {
  identityOf,
  livenessOf,
  ownIdentity,
  type ProcessIdentity,
} from '../../system/processes/process-identity.ts';
import { startDaemon } from '../../system/processes/start-daemon.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import { contextOf, type Entry, StartedCluster, type StartOptions } from '../library.ts';
import { type KeeperRecord, SharedClusterPlace, type SharedRequest } from './place.ts';

/** The options of a cluster that is shared: those who give the same get the same cluster. */
export interface SharedClusterOptions extends Omit<StartOptions, 'name' | 'backends'> {
  /** The folder from which jobs are submitted. Default: the working folder of the process. */
  readonly workingFolder?: string | undefined;
}

/** A cluster that others use too: it can't be changed or taken down by one of them. */
export type SharedCluster = Omit<StartedCluster, 'down' | 'scale'>;

/** Node starts, and writes a file. */
const keeperStartMs = 30_000;
/** A first image is built, or a runtime installed. */
const clusterStartMs = 20 * 60_000;

/** Takes part in the shared cluster of these options, which is started where nobody uses it yet. */
export async function useSharedCluster(options: SharedClusterOptions, entry: Entry): Promise<SharedCluster> {
  const context = contextOf(options, entry);
  const request = requestOf(options, entry);
  const place = await SharedClusterPlace.for(request, context);
  const user = await userOf(entry);
  const leave = await place.addUser(user);
  try {
    const backend = await readyBackend(place, context);
    const cluster = await Cluster.of(backend, place.name, context);
    const status = await cluster.status();
    if (status === undefined) throw await lost(place, 'the cluster is gone');
    // One that lasts for all tests is in use until they are over.
    const release = user.pid === process.pid ? leave : async () => {};
    return StartedCluster.of(cluster, status, { options, entry, release });
  } catch (error) {
    await leave();
    throw error;
  }
}

function requestOf(options: SharedClusterOptions, { workingFolder }: Entry): SharedRequest {
  const { backend = 'auto', workers, workerCores, workerMemoryMb, connect = false, image } = options;
  return {
    backend,
    ...(workers !== undefined && { workers }),
    ...(workerCores !== undefined && { workerCores }),
    ...(workerMemoryMb !== undefined && { workerMemoryMb }),
    connect,
    ...(image !== undefined && { image }),
    workingFolder: resolve(workingFolder, options.workingFolder ?? '.'),
  };
}

/**
 * The process that uses the cluster. A test runner that starts a process for each file outlives them all, and is the
 * user for all of them: between two files the cluster stays.
 */
async function userOf({ environment }: Entry): Promise<ProcessIdentity> {
  const isForked =
    isMainThread &&
    (environment['NODE_TEST_CONTEXT'] === 'child-v8' ||
      (process.send !== undefined && (environment['VITEST'] ?? environment['JEST_WORKER_ID']) !== undefined));
  const runner = isForked ? await identityOf(process.ppid) : undefined;
  return runner ?? (await ownIdentity());
}

/** Waits until the cluster is ready, and starts a keeper for it where none lives. */
async function readyBackend(place: SharedClusterPlace, context: OperationContext): Promise<BackendKind> {
  const { signal } = context;
  const backend = await waitUntil(
    async () => {
      const record = await joinKeeper(place, context);
      // What is there is on its way out; a new one is started when it is gone.
      if (record.state === 'ending') return undefined;
      return await outcome(place, record, signal);
    },
    { timeoutMs: clusterStartMs, intervalMs: 200, signal },
  );
  if (backend !== undefined) return backend;
  throw await lost(place, 'it is not ready');
}

/** The record of the keeper that lives, or of one that is started now. */
async function joinKeeper(place: SharedClusterPlace, context: OperationContext): Promise<KeeperRecord> {
  await using _lock = await place.lock(context.signal);
  return (await place.livingKeeper()) ?? (await startKeeper(place, context));
}

async function startKeeper(place: SharedClusterPlace, context: OperationContext): Promise<KeeperRecord> {
  const { project, environment, image, signal } = context;
  const daemon = startDaemon({
    file: process.execPath,
    args: [join(packageRoot, 'bin/sparkctl.js'), 'keep-cluster', place.name],
    environment: { ...withoutRunner(environment), ...(image !== undefined && { SPARK_IMAGE: image }) },
    workingFolder: project,
    logPath: place.logPath,
    mark: place.name,
  });
  const started = await waitUntil(
    async () => {
      // Asked before its record is read: what a process that has ended wrote last is there.
      const hasEnded = daemon.exit() !== undefined;
      const read = await place.readKeeper();
      if (read.kind === 'value' && read.value.keeper.pid === daemon.pid) return read.value;
      return hasEnded ? ('ended' as const) : undefined;
    },
    { timeoutMs: keeperStartMs, signal },
  );
  if (started !== undefined && started !== 'ended') return started;
  throw await lost(place, 'its keeper did not start');
}

/** The environment for a process that outlives the test, and so must not report to its runner. */
function withoutRunner(environment: OperationContext['environment']): OperationContext['environment'] {
  const { NODE_TEST_CONTEXT: _, NODE_CHANNEL_FD: __, NODE_OPTIONS: ___, ...rest } = environment;
  return rest;
}

/** Follows one keeper until its cluster is ready; undefined where it leaves. */
async function outcome(
  place: SharedClusterPlace,
  { keeper }: KeeperRecord,
  signal: AbortSignal,
): Promise<BackendKind | undefined> {
  const ended = await waitUntil(
    async () => {
      // Before its record, as above.
      const isDead = (await livenessOf(keeper)) === 'dead';
      const read = await place.readKeeper();
      if (read.kind !== 'value' || read.value.keeper.pid !== keeper.pid) return 'left' as const;
      const { value } = read;
      if (value.state === 'ending') return 'left' as const;
      if (value.state !== 'starting') return value;
      return isDead ? ('died' as const) : undefined;
    },
    { timeoutMs: clusterStartMs, intervalMs: 100, signal },
  );
  if (ended === 'left') return undefined;
  if (ended === undefined) throw await lost(place, 'it is not ready');
  if (ended === 'died') throw await lost(place, 'its keeper ended');
  if (ended.state === 'ready') return ended.backend;
  const { hint, ...failure } = ended.failure;
  throw new SparkctlError({ ...failure, ...(hint !== undefined && { hint }) });
}

async function lost(place: SharedClusterPlace, reason: string): Promise<SparkctlError> {
  const log = await readFile(place.logPath, 'utf8').catch(() => '');
  const last = log.trimEnd().split('\n').slice(-3).join('\n');
  return new SparkctlError({
    code: 'shared-cluster-lost',
    category: 'cluster',
    message: `The shared cluster ${place.name} can't be used: ${reason}.${last === '' ? '' : `\n${last}`}`,
    hint: `See ${place.logPath}`,
  });
}
