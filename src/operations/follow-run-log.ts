import { isFinal, type RunRecord } from '../run/run-record.ts';
import { findRun } from '../run/run-store.ts';
import { hasErrorCode } from '../system/errors/system-error.ts';
import { followFile } from '../system/files/read-file.ts';
import { waitUntil } from '../system/processes/wait-until.ts';

/** The lines of one of a run's logs; with `follow` until the run is over. A log that was never begun is empty. */
export async function* followRunLog(
  run: RunRecord,
  path: string,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const over = new AbortController();
  const done = AbortSignal.any([signal, over.signal]);
  if (follow && !isFinal(run.state)) void endWhenOver(run, over, signal);
  try {
    yield* followFile(path, follow && !isFinal(run.state), done);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  } finally {
    over.abort();
  }
}

async function endWhenOver(run: RunRecord, over: AbortController, signal: AbortSignal): Promise<void> {
  const watching = AbortSignal.any([signal, over.signal]);
  const final = async () => (isFinal((await findRun(run.project, run.id)).state) ? true : undefined);
  while (!watching.aborted) {
    const answer = await waitUntil(final, { timeoutMs: 60_000, intervalMs: 500, signal: watching }).catch(
      () => undefined,
    );
    if (answer === true) break;
  }
  over.abort();
}
