import { SparkctlError } from '../../errors/sparkctl-error.ts';
import { wrapWriteError } from '../../errors/wrap-write-error.ts';
import { acquireProcessLock } from '../../process/process-lock.ts';
import type { BackendContext } from '../backend.ts';
import { clusterFolder } from '../cluster-folder.ts';

/** An image may have to be built by the one who holds the lock. */
const lockTimeoutMs = 10 * 60_000;

/** Keeps two sparkctl processes from changing one cluster at the same time. */
export async function lockCluster(
  name: string,
  { project, signal, emit }: BackendContext,
): Promise<AsyncDisposable> {
  const path = `${clusterFolder(project, name)}.lock`;
  const lock = await acquireProcessLock(path, {
    timeoutMs: lockTimeoutMs,
    signal,
    onWait: ({ pid }) =>
      emit({ kind: 'activity', text: `waiting for process ${pid}, which works on cluster ${name}` }),
  }).catch((error: unknown) => {
    throw wrapWriteError(error, `The file ${path}`);
  });
  if (lock !== undefined) return lock;
  throw new SparkctlError({
    code: 'cluster-busy',
    cause: 'temporary',
    message: `Another sparkctl has been working on cluster ${name} for ${lockTimeoutMs / 60_000} minutes.`,
    hint: 'Wait for it to end, or end it, and try again.',
  });
}
