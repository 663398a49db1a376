import type { Application, Stage, TaskAttempt } from '../events/application.ts';
import { spanOf } from './stage-sums.ts';

type Span = readonly [number, number];

/** The use that an application has made of its time and its executors. All times in milliseconds. */
export interface Work {
  readonly wallMs: number;
  /** With at least one task running. */
  readonly busyMs: number;
  /** With no task running: the driver works, or waits for executors. */
  readonly driverMs: number;
  /** Of all tasks together. */
  readonly taskMs: number;
  /** That cores were there, of all executors together. */
  readonly coreMs: number;
  readonly cores: number;
  /** If all tasks had been spread over these cores without a gap. */
  readonly idealMs: number;
  /** The least time with so many executors like these, the longest task of each stage being as long as it was. */
  readonly estimates: readonly { readonly executors: number; readonly ms: number }[];
}

/** Computes how the time was used. */
export function workOf(app: Application): Work {
  const tasks = app.stages.flatMap((stage) => stage.tasks);
  const wallMs = app.endedAt - app.startedAt;
  const busyMs = lengthOf(joined(tasks.map(({ launchedAt, finishedAt }) => [launchedAt, finishedAt])));
  const taskMs = timeOf(tasks);
  const cpus = Math.max(1, Number.parseInt(app.properties['spark.task.cpus'] ?? '', 10) || 1);
  const workers = app.executors.filter(({ cores }) => cores > 0);
  const cores = mostAtOnce(app) / cpus;
  const coreMs =
    workers.reduce(
      (all, { cores, addedAt, removedAt }) => all + cores * Math.max(0, (removedAt ?? app.endedAt) - addedAt),
      0,
    ) / cpus;
  const driverMs = Math.max(0, wallMs - busyMs);
  const perExecutor =
    workers.length === 0 ? 0 : workers.reduce((all, each) => all + each.cores, 0) / workers.length / cpus;
  const now = perExecutor === 0 ? 0 : Math.max(1, Math.round(cores / perExecutor));
  const batches = batchesOf(app.stages);
  return {
    wallMs,
    busyMs,
    driverMs,
    taskMs,
    coreMs,
    cores,
    idealMs: driverMs + taskMs / Math.max(1, cores),
    estimates: [...new Set([Math.ceil(now / 2), now, now * 2, now * 4])]
      .filter((executors) => executors > 0)
      .map((executors) => ({
        executors,
        ms: driverMs + batches.reduce((all, batch) => all + leastMs(batch, executors * perExecutor), 0),
      })),
  };
}

/** The greatest number of cores that were there at the same time. */
function mostAtOnce({ executors, endedAt }: Application): number {
  const changes = executors
    .flatMap(({ cores, addedAt, removedAt }) => [
      [addedAt, cores] as const,
      [removedAt ?? endedAt + 1, -cores] as const,
    ])
    .sort(([a, up], [b, other]) => a - b || up - other);
  let most = 0;
  let there = 0;
  for (const [, change] of changes) {
    there += change;
    most = Math.max(most, there);
  }
  return most;
}

/** Stages that ran at the same time, as one: none of them waits for another. */
function batchesOf(stages: readonly Stage[]): readonly (readonly TaskAttempt[])[] {
  const batches: { until: number; tasks: TaskAttempt[] }[] = [];
  const ran = stages.filter(({ tasks }) => tasks.length > 0).map((stage) => ({ stage, span: spanOf(stage) }));
  for (const { stage, span } of ran.sort((a, b) => a.span[0] - b.span[0])) {
    const last = batches.at(-1);
    if (last === undefined || span[0] >= last.until)
      batches.push({ until: span[1], tasks: [...stage.tasks] });
    else {
      last.until = Math.max(last.until, span[1]);
      for (const task of stage.tasks) last.tasks.push(task);
    }
  }
  return batches.map(({ tasks }) => tasks);
}

function leastMs(tasks: readonly TaskAttempt[], cores: number): number {
  const longest = tasks.reduce(
    (most, { launchedAt, finishedAt }) => Math.max(most, finishedAt - launchedAt),
    0,
  );
  return Math.max(longest, timeOf(tasks) / Math.max(1, cores));
}

function timeOf(tasks: readonly TaskAttempt[]): number {
  return tasks.reduce((all, { launchedAt, finishedAt }) => all + finishedAt - launchedAt, 0);
}

/** Spans without those that are in others, in their order. */
function joined(spans: readonly Span[]): readonly Span[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last === undefined || from > last[1]) result.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return result;
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((all, [from, to]) => all + to - from, 0);
}
