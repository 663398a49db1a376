import { join } from 'node:path';
import { diffRuns, type RunDiff } from '../run/diff-runs.ts';
import { isFinal, type RunRecord } from '../run/run-record.ts';
import { findRun, reportFile, runFolder } from '../run/run-store.ts';
import { hasErrorCode } from '../system/errors/system-error.ts';
import { followFile } from '../system/files/read-file.ts';
import { waitUntil } from '../system/processes/wait-until.ts';

export { ownTraceback } from '../run/failure/script-error.ts';
export { findRun, readRuns, runFolder } from '../run/run-store.ts';

/** A run's log: the output of its script, or Spark's own. */
export type LogStream = 'stdout' | 'stderr' | 'spark';

interface LogOptions {
  readonly stream: LogStream;
  /** Goes on with what is added, until the run is over or the signal aborts. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Compares two runs, each given by its id or the beginning of it. */
export async function compareRuns(
  project: string,
  a: string,
  b: string,
): Promise<RunDiff & { readonly a: RunRecord; readonly b: RunRecord }> {
  const [one, other] = [await findRun(project, a), await findRun(project, b)];
  return { a: one, b: other, ...diffRuns(one, other) };
}

/** The path of the page that shows a run. */
export function reportOf({ project, id }: Pick<RunRecord, 'project' | 'id'>): string {
  return join(runFolder(project, id), reportFile);
}

/** Reads the lines of a run's log. A log that was never begun is empty. */
export async function* runLogs(
  run: RunRecord,
  { stream, follow, signal }: LogOptions,
): AsyncGenerator<string> {
  const grows = follow && !isFinal(run.state);
  const over = new AbortController();
  const done = AbortSignal.any([signal, over.signal]);
  if (grows) void abortWhenOver(run, over, done);
  try {
    yield* followFile(join(runFolder(run.project, run.id), `${stream}.log`), { follow: grows }, done);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  } finally {
    over.abort();
  }
}

async function abortWhenOver(run: RunRecord, over: AbortController, watching: AbortSignal): Promise<void> {
  const final = async () => isFinal((await findRun(run.project, run.id)).state) || undefined;
  while (!watching.aborted) {
    const answer = await waitUntil(final, { timeoutMs: 60_000, intervalMs: 500, signal: watching }).catch(
      () => undefined,
    );
    if (answer === true) break;
  }
  over.abort();
}
