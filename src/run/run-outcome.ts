import {
  exitCodeOf,
  type FailureCategory,
  firstFailure,
  SparkctlError,
} from '../system/errors/sparkctl-error.ts';
import type { RunRecord, RunState } from './run-record.ts';

/** How a run ended, as the record has it. */
export type RunOutcome = Pick<RunRecord, 'state' | 'exitCode' | 'cause' | 'message' | 'hint' | 'scriptError'>;

const stateOfCause: Partial<Record<FailureCategory, RunState>> = {
  timeout: 'timed-out',
  interrupted: 'killed',
  terminated: 'killed',
  checks: 'checks-failed',
};

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
