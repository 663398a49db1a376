import type { OperationContext } from '../cluster/operation-context.ts';
import type { Redactor } from '../spark/redact.ts';
import {
  exitCodeOf,
  type FailureCategory,
  firstFailure,
  SparkctlError,
} from '../system/errors/sparkctl-error.ts';
import { formatNumber } from '../system/format-number.ts';
import { Claims } from '../system/locks/claims.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';
import { after } from '../system/processes/wait-until.ts';
import { writeReport } from './artifacts.ts';
import { reclaim } from './left/reclaim.ts';
import type { RunJournal } from './record/run-journal.ts';
import type { RunOutcome, RunRecord, RunState } from './record/run-record.ts';
import type { Run } from './run.ts';

/** A run that has its folder and its record. */
interface LookedAfter {
  readonly id: string;
  readonly folder: string;
  readonly journal: RunJournal;
  readonly redactor: Redactor;
  /** The time that is left to it, and that it had from its beginning on. */
  readonly timeout?: { readonly leftMs: number; readonly timeoutMs: number } | undefined;
  /** Takes what the driver prints, as it comes. */
  readonly onStdout?: TakeOutput | undefined;
  readonly onStderr?: TakeOutput | undefined;
}

/**
 * Does the work of a run, and sees to it that its record tells how the work ended, whatever ended it. `begin` makes the first
 * claims; where it says no, the run is another process's, and nothing is done: undefined.
 */
export async function lookAfter(
  { timeout: limit, ...frame }: LookedAfter,
  outer: OperationContext,
  begin: (claims: Claims, signal: AbortSignal) => Promise<boolean>,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunRecord | undefined> {
  const { id, journal, redactor } = frame;
  const timeout = limit && timeoutSignal(limit);
  const stopped = new AbortController();
  // Free only when the record says how the run has ended.
  await using claims = new Claims({
    project: outer.project,
    run: id,
    reclaim: () => reclaim(outer, 'at-once'),
    onStopWanted: (by) => stopped.abort(stoppedBy(by)),
  });
  const signal = AbortSignal.any([outer.signal, stopped.signal, ...(timeout ? [timeout.signal] : [])]);
  let outcome: RunOutcome;
  try {
    // From then on it can be asked to end.
    if (!(await begin(claims, signal))) return undefined;
    outcome = await work({ ...frame, claims, context: { ...outer, signal, run: id } });
  } catch (error) {
    outcome = withDiagnosis(outcomeOf(signal.aborted ? signal.reason : error), journal.record.diagnosis);
    if (outcome.cause === 'defect') {
      await writeReport(await journal.finish(outcome), redactor, outer.emit);
      throw error;
    }
  } finally {
    timeout?.cancel();
  }
  const finished = await journal.finish(outcome);
  await writeReport(finished, redactor, outer.emit);
  return finished;
}

function stoppedBy(by: string): SparkctlError {
  return new SparkctlError({ code: 'stopped', category: 'terminated', message: `Stopped by ${by}.` });
}

function timeoutSignal({ leftMs, timeoutMs }: NonNullable<LookedAfter['timeout']>): {
  readonly signal: AbortSignal;
  readonly cancel: () => void;
} {
  const controller = new AbortController();
  const error = new SparkctlError({
    code: 'timeout',
    category: 'timeout',
    message: `The timeout of ${formatNumber(timeoutMs / 1000)} s was reached, and the application was stopped.`,
    hint: 'Give it more time with --timeout, or see in the run folder what took so long.',
  });
  const cancel = after(leftMs, () => controller.abort(error));
  return { signal: controller.signal, cancel };
}

const stateOfCause: Partial<Record<FailureCategory, RunState>> = {
  timeout: 'timed-out',
  interrupted: 'killed',
  terminated: 'killed',
  checks: 'checks-failed',
};

/** The ending of a run that was ended for want of something: what it was is known by then. */
function withDiagnosis(outcome: RunOutcome, diagnosis: RunRecord['diagnosis']): RunOutcome {
  if (diagnosis === undefined || outcome.cause === 'defect') return outcome;
  const { message, hint } = diagnosis;
  return { ...outcome, message: `${outcome.message?.replace(/\.$/, '')}: ${message}.`, hint };
}

/** The ending that an error means. */
export function outcomeOf(thrown: unknown): RunOutcome {
  const error = firstFailure(thrown);
  if (!(error instanceof SparkctlError)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { state: 'failed', cause: 'defect', exitCode: exitCodeOf.defect, message };
  }
  return {
    state: stateOfCause[error.category] ?? 'failed',
    cause: error.category,
    exitCode: error.exitCode,
    message: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
  };
}
