import type { Stage, TaskAmounts, TaskAttempt } from '../events/application.ts';

/** The sums over the tasks of a stage or of several, and the spread of their times. */
export interface TaskSums extends TaskAmounts {
  readonly tasks: number;
  readonly succeeded: number;
  readonly failed: number;
  /** The most that one task has read. */
  readonly largestReadBytes: number;
  /** Of the tasks that have succeeded, from launch to finish. */
  readonly times: Quantiles;
}

export interface Quantiles {
  readonly min: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly max: number;
}

/** Sums up tasks. Whatever failed attempts have done was done, too. */
export function sumTasks(tasks: readonly TaskAttempt[]): TaskSums {
  const sum = (amount: (task: TaskAttempt) => number) => tasks.reduce((all, task) => all + amount(task), 0);
  return {
    tasks: tasks.length,
    succeeded: tasks.filter(({ outcome }) => outcome === 'succeeded').length,
    failed: tasks.filter(({ outcome }) => outcome === 'failed').length,
    runMs: sum(({ runMs }) => runMs),
    gcMs: sum(({ gcMs }) => gcMs),
    fetchWaitMs: sum(({ fetchWaitMs }) => fetchWaitMs),
    inputBytes: sum(({ inputBytes }) => inputBytes),
    inputRows: sum(({ inputRows }) => inputRows),
    outputBytes: sum(({ outputBytes }) => outputBytes),
    shuffleReadBytes: sum(({ shuffleReadBytes }) => shuffleReadBytes),
    shuffleWriteBytes: sum(({ shuffleWriteBytes }) => shuffleWriteBytes),
    memorySpilledBytes: sum(({ memorySpilledBytes }) => memorySpilledBytes),
    diskSpilledBytes: sum(({ diskSpilledBytes }) => diskSpilledBytes),
    largestReadBytes: tasks.reduce(
      (most, { inputBytes, shuffleReadBytes }) => Math.max(most, inputBytes + shuffleReadBytes),
      0,
    ),
    times: quantilesOf(
      tasks
        .filter(({ outcome }) => outcome === 'succeeded')
        .map(({ launchedAt, finishedAt }) => finishedAt - launchedAt),
    ),
  };
}

/** Quantiles by the nearest rank, each of which is a value that was there. */
function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { min: at(0), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95), max: at(1) };
}

/** The longest task of a stage in multiples of the median; undefined where there are too few to compare. */
export function skewOf({ times, succeeded }: Pick<TaskSums, 'times' | 'succeeded'>): number | undefined {
  return succeeded < 3 || times.p50 === 0 ? undefined : times.max / times.p50;
}

/** The time from a stage's submission, or its first task, to its end, or its last. */
export function spanOf({ submittedAt, completedAt, tasks }: Stage): readonly [number, number] {
  const first = tasks.reduce(
    (least, { launchedAt }) => Math.min(least, launchedAt),
    Number.POSITIVE_INFINITY,
  );
  const last = tasks.reduce((most, { finishedAt }) => Math.max(most, finishedAt), 0);
  const from = submittedAt ?? (Number.isFinite(first) ? first : 0);
  return [from, Math.max(from, completedAt ?? last)];
}
