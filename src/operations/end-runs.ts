import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationContext } from '../cluster/operation-context.ts';
import { haveTakenUp } from '../run/left/have-taken-up.ts';
import { reclaim } from '../run/left/reclaim.ts';
import { isFinal, type RunRecord } from '../run/record/run-record.ts';
import { type FoundRun, findLeft, findRun, readRuns, runsFolder } from '../run/record/run-store.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { hold } from '../system/files/hold.ts';
import { formatNumber } from '../system/format-number.ts';
import { holderOfRun, stopHolder } from '../system/locks/claims.ts';
import { waitUntil } from '../system/processes/wait-until.ts';

const lookEveryMs = 300;
/** A run that has just begun holds nothing yet by which it could be asked to end. */
const beginningMs = 10_000;
const aYearMs = 365 * 86_400_000;

/** Waits until a run is over, and reads its record then. One whose sparkctl is dead is taken up again, or else it is over, and lost. */
export async function waitForRun(
  id: string | undefined,
  timeoutMs: number | undefined,
  context: OperationContext,
): Promise<RunRecord> {
  const { project, signal } = context;
  const run = await findRun(project, id);
  const over = await waitUntil(
    async () => {
      const left = await findLeft(project, run.id);
      if (left !== undefined) await haveTakenUp(left, 'in-order', context);
      const now = await findRun(project, run.id);
      return isFinal(now.state) ? now : undefined;
    },
    { timeoutMs: timeoutMs ?? aYearMs, intervalMs: lookEveryMs, signal },
  );
  if (over !== undefined) return over;
  throw new SparkctlError({
    code: 'run-goes-on',
    category: 'timeout',
    message: `Run ${run.id} still goes on after ${formatNumber((timeoutMs ?? aYearMs) / 1000)} s.`,
    hint: `It was not stopped. Wait on, or end it: sparkctl runs kill ${run.id}`,
    details: { run: run.id },
  });
}

/** Has runs that a killed sparkctl has left taken up again, before something is said of them. Returns all runs as they are then. */
export async function takeUpLeft(context: OperationContext): ReturnType<typeof readRuns> {
  const found = await readRuns(context.project);
  const left = found.runs.filter(({ situation }) => situation === 'left');
  for (const { record } of left) await haveTakenUp(record, 'in-order', context);
  return left.length === 0 ? found : await readRuns(context.project);
}

/** Has a run end in order, whichever process looks after it, and reads its record then. A run that is over stays as it is. */
export async function killRun(
  id: string | undefined,
  context: OperationContext,
): Promise<{ readonly record: RunRecord; readonly wasOver: boolean }> {
  const { project, signal } = context;
  await takeUpLeft(context);
  const run = await findRun(project, id);
  const found = await waitUntil(
    async () => {
      if (isFinal((await findRun(project, run.id)).state)) return 'over' as const;
      return await holderOfRun(project, run.id);
    },
    { timeoutMs: beginningMs, intervalMs: lookEveryMs, signal },
  );
  if (found === undefined)
    throw new SparkctlError({
      code: 'run-not-reached',
      category: 'temporary',
      message: `Run ${run.id} cannot be asked to end: its sparkctl does not listen.`,
      hint: `End that process (${run.owner.pid}) by Ctrl-C or SIGTERM. If it is dead, the next command that works with clusters clears up.`,
    });
  if (found !== 'over')
    await stopHolder(project, found, `sparkctl runs kill (process ${process.pid})`, signal);
  return { record: await findRun(project, run.id), wasOver: isFinal(run.state) };
}

/** A wish for fewer run folders. Both limits hold: a run is removed that is beyond each that is given. */
export interface PruneRequest {
  /** The number of the newest runs that stay whatever their age. */
  readonly keep?: number | undefined;
  readonly olderThanMs?: number | undefined;
}

/** Chooses the runs to remove, of those that are over. `runs` has the newest first. */
export function prunable(
  runs: readonly FoundRun[],
  { keep = 0, olderThanMs = 0 }: PruneRequest,
  now: Date,
): readonly RunRecord[] {
  const latest = new Date(now.getTime() - olderThanMs).toISOString();
  return runs
    .slice(keep)
    .filter(
      ({ record, situation }) => situation === 'over' && (record.finishedAt ?? record.startedAt) <= latest,
    )
    .map(({ record }) => record);
}

/** Removes the folders of runs that are over; with `dryRun` it only says which. */
export async function pruneRuns(
  request: PruneRequest & { readonly dryRun: boolean },
  context: OperationContext,
): Promise<readonly string[]> {
  // What killed runs have left is over then, too.
  if (!request.dryRun) await reclaim(context);
  const { runs } = await readRuns(context.project);
  const chosen = prunable(runs, request, new Date());
  if (request.dryRun || chosen.length === 0) return chosen.map(({ id }) => id);
  // A link that has come into the place of the folder leads nowhere.
  await using folder = await hold(runsFolder(context.project), []);
  for (const { id } of chosen) {
    context.signal.throwIfAborted();
    await rm(join(folder.path, id), { recursive: true, force: true }).catch((error: unknown) => {
      throw wrapWriteError(error, `The run folder ${join(runsFolder(context.project), id)}`);
    });
  }
  return chosen.map(({ id }) => id);
}
