import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { makeStateFolder } from '../system/files/places.ts';
import { formatNumber } from '../system/format-number.ts';
import { type Claim, type Holder, holdersOf, whereToLook } from '../system/locks/claims.ts';
import { acquireProcessLock } from '../system/locks/process-lock.ts';
import { clusterFolder } from './cluster-folder.ts';
import type { OperationContext } from './operation-context.ts';

/** The holder of the lock may have to build an image. */
const lockTimeoutMs = 10 * 60_000;

/** Keeps two sparkctl processes from changing one cluster at the same time, or from using one that is just being changed. */
export async function lockCluster(
  name: string,
  { project, signal, emit, run }: OperationContext,
  timeoutMs = lockTimeoutMs,
): Promise<AsyncDisposable> {
  const path = `${clusterFolder(project, name)}.lock`;
  try {
    await makeStateFolder(project);
    const lock = await acquireProcessLock(path, {
      timeoutMs,
      signal,
      run,
      onWait: ({ pid, run: other }) =>
        emit({ kind: 'waiting-for-cluster', cluster: name, pid, ...(other !== undefined && { run: other }) }),
    });
    if (lock !== undefined) return lock;
  } catch (error) {
    throw wrapWriteError(error, `The file ${path}`);
  }
  throw new SparkctlError({
    code: 'cluster-busy',
    category: 'temporary',
    message: `Another sparkctl has been working on cluster ${name} for ${formatNumber(timeoutMs / 1000)} s.`,
    hint: `Wait for it to end, or end it, and try again. If it is on another host or in another container and over, remove ${path}.`,
  });
}

/** The claim of a run on the cluster that it submits to. Any number of runs may use one. */
export function clusterClaim(name: string): Claim {
  return { kind: 'cluster', name, sharedAs: 'used' };
}

/** A cluster that is to be changed or removed has runs on it, whose drivers would wait for ever. */
export class ClusterInUse extends SparkctlError {
  readonly cluster: string;
  readonly holders: readonly Holder[];

  constructor(name: string, holders: readonly Holder[]) {
    const runs = holders.map(({ run }) => run);
    super({
      code: 'cluster-in-use',
      category: 'temporary',
      message: `Cluster ${name} is in use by ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')}.`,
      hint: `Wait for ${runs.length === 1 ? 'it' : 'them'}, or stop ${runs.length === 1 ? 'it' : 'them'} first with --force. ${holders.map(whereToLook).join(' ')}`,
      details: { cluster: name, runs },
    });
    this.cluster = name;
    this.holders = holders;
  }
}

/** Refuses where another run than this one uses the cluster. To be asked under the cluster's lock, before anything is changed. */
export async function mustBeUnused(
  name: string,
  { project, run }: Pick<OperationContext, 'project' | 'run'>,
): Promise<void> {
  const holders = (await holdersOf(project, clusterClaim(name))).filter((holder) => holder.run !== run);
  if (holders.length > 0) throw new ClusterInUse(name, holders);
}
