import type { RunRecord } from '../run/record/run-record.ts';
import { runFolder } from '../run/record/run-store.ts';
import type { SparkctlEvent } from '../system/event.ts';

/** The facts that every run has that is over. */
interface EndedRun extends RunRecord {
  readonly exitCode: number;
  /** The run's folder, absolute: logs, event log, report. */
  readonly folder: string;
  /** All events of the run, the first of which is `run-created`. */
  readonly events: readonly SparkctlEvent[];
}

/** A run that did not end well says why. */
interface UnsuccessfulRun extends EndedRun {
  readonly cause: NonNullable<RunRecord['cause']>;
  readonly message: string;
}

export interface SucceededRun extends EndedRun {
  readonly state: 'succeeded';
  readonly exitCode: 0;
}

/** The script failed, or something that it needed: `cause` tells which. */
export interface FailedRun extends UnsuccessfulRun {
  readonly state: 'failed';
}

/** The script succeeded, and its result is not what it must be: `checks` has what was expected and found. */
export interface ChecksFailedRun extends UnsuccessfulRun {
  readonly state: 'checks-failed';
  readonly cause: 'checks';
}

export interface TimedOutRun extends UnsuccessfulRun {
  readonly state: 'timed-out';
  readonly cause: 'timeout';
}

/** The run was stopped from outside: by its signal, or by another command. */
export interface KilledRun extends UnsuccessfulRun {
  readonly state: 'killed';
}

/** The result of a run, one type a state. */
export type RunResult = SucceededRun | FailedRun | ChecksFailedRun | TimedOutRun | KilledRun;

/** Takes the record of a run that is over for the result of its state. */
export function runResult(record: RunRecord, events: readonly SparkctlEvent[]): RunResult {
  return { ...record, folder: runFolder(record.project, record.id), events } as RunResult;
}

/** Throws, with the reason and where to look, unless a run has succeeded. */
export function assertSucceeded(run: RunResult): asserts run is SucceededRun {
  if (run.state === 'succeeded') return;
  const checks = run.checks
    .filter(({ status }) => status === 'failed')
    .map(({ name, expected, found, detail }) =>
      [`  ${name}: expected ${expected}, found ${found}`, ...(detail === undefined ? [] : [detail])].join(
        '\n  ',
      ),
    );
  const words = [
    `Run ${run.id} is ${run.state} (exit code ${run.exitCode}): ${run.message}`,
    ...checks,
    ...(run.hint === undefined ? [] : [run.hint]),
    `Logs and report: ${run.folder}`,
  ];
  throw new Error(words.join('\n'));
}
