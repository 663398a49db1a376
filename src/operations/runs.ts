import { join } from 'node:path';
import { diffRuns, type RunDiff } from '../run/record/diff-runs.ts';
import { isFinal, type RunRecord } from '../run/record/run-record.ts';
import { eventLogFolder, findRun, reportFile, runFolder } from '../run/record/run-store.ts';
import { Redactor } from '../spark/redact.ts';
import { hasErrorCode, wrapWriteError } from '../system/errors/system-error.ts';
import { followFile } from '../system/files/read-file.ts';
import { writeAtomically } from '../system/files/write-file.ts';
import { waitUntil } from '../system/processes/wait-until.ts';

export { ownTraceback } from '../run/failure/script-error.ts';
export { findRun, readRuns, runFolder } from '../run/record/run-store.ts';

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

/** Writes a page that shows two runs side by side. */
export async function writeComparison(a: RunRecord, b: RunRecord, path: string): Promise<void> {
  const { readApplications } = await import('../run/events/read-applications.ts');
  const { renderComparison } = await import('../run/report/render-comparison.ts');
  // No secret of a run is known any more; addresses and what looks like a secret are blanked all the same.
  const blanking = new Redactor([]);
  const read = async (run: RunRecord) => ({
    run,
    told: blanking.everywhere(await readApplications(join(runFolder(run.project, run.id), eventLogFolder))),
  });
  const page = renderComparison(await read(a), await read(b));
  await writeAtomically(path, page).catch((error: unknown) => {
    throw wrapWriteError(error, `The page ${path}`);
  });
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
