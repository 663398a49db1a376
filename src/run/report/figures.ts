import { counted, formatNumber } from '../../system/format-number.ts';
import type { Application, PlanNode, Stage } from '../events/application.ts';
import { skewOf, spanOf, sumTasks, type TaskSums } from './stage-sums.ts';
import { formatBytes, formatShare, formatTime, formatTimes } from './units.ts';
import { type Work, workOf } from './work.ts';

export type Level = 'fine' | 'note' | 'warning' | 'severe' | 'unknown';

/** One figure of a run beside the limit beyond which it deserves a look. */
export interface Figure {
  readonly id: string;
  readonly name: string;
  /** For programs; undefined where it could not be measured. */
  readonly value: number | undefined;
  readonly shown: string;
  readonly limit: string;
  readonly level: Level;
  /** A sentence that says what to do, with the number that speaks for it. */
  readonly advice?: string;
}

/** A stage with the sums over its tasks. */
export interface SummedStage {
  readonly stage: Stage;
  readonly sums: TaskSums;
}

/** An application with all that is computed of it. */
export interface Analysis {
  readonly app: Application;
  readonly stages: readonly SummedStage[];
  readonly work: Work;
  /** In the order in which they are worth reading. */
  readonly figures: readonly Figure[];
}

interface Facts extends Omit<Analysis, 'figures'> {
  readonly all: TaskSums;
  /** The operators of all queries. */
  readonly operators: readonly PlanNode[];
  /** The part that an absolute limit has in a run as short as this one: limits are meant for runs of a minute and more. */
  readonly scale: number;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Computes the figures of an application and all that they are made of. */
export function analyse(app: Application): Analysis {
  const work = workOf(app);
  const stages = app.stages
    .filter(({ tasks, submittedAt }) => tasks.length > 0 || submittedAt !== undefined)
    .map((stage) => ({ stage, sums: sumTasks(stage.tasks) }));
  const all = sumTasks(app.stages.flatMap(({ tasks }) => tasks));
  const scale = Math.min(1, work.wallMs / 60_000);
  const operators: PlanNode[] = [];
  for (const { plan } of app.queries) if (plan !== undefined) collect(plan, operators);
  return { app, work, stages, figures: figuresOf({ app, work, stages, all, scale, operators }) };
}

/** Analyses the application of a run that did most, where there are several. */
export function analyseMain(applications: readonly Application[]): Analysis | undefined {
  const taskMs = (app: Application) =>
    app.stages.reduce((all, { tasks }) => tasks.reduce((sum, { runMs }) => sum + runMs, all), 0);
  const main = most(applications, taskMs);
  return main && analyse(main);
}

function collect(node: PlanNode, into: PlanNode[]): void {
  into.push(node);
  for (const child of node.children) collect(child, into);
}

function figuresOf(facts: Facts): readonly Figure[] {
  return [
    failures(facts),
    lostExecutors(facts),
    slowestStage(facts),
    skew(facts),
    diskSpill(facts),
    memorySpill(facts),
    garbageCollection(facts),
    driverTime(facts),
    idleCores(facts),
    idealTime(facts),
    smallTasks(facts),
    memoryPeak(facts),
    shuffle(facts),
    fetchWait(facts),
    largestPartition(facts),
    broadcast(facts),
    ...smallFiles(facts),
  ];
}

function failures({ all }: Facts): Figure {
  return {
    id: 'failed-tasks',
    name: 'Failed attempts of tasks',
    value: all.failed,
    shown: `${formatNumber(all.failed)} of ${formatNumber(all.tasks)}`,
    limit: 'none',
    level: all.failed > 0 ? 'warning' : 'fine',
    ...(all.failed > 0 && {
      advice: `${counted(all.failed, 'attempt')} of tasks failed, and their work was done again or given up. The table of stages has the reasons.`,
    }),
  };
}

function lostExecutors({ app }: Facts): Figure {
  // At its end an application gives all of them back.
  const lost = app.executors.filter(
    ({ removedAt, removedBecause = '' }) =>
      removedAt !== undefined &&
      removedAt < app.endedAt &&
      /exit|lost|kill|heartbeat|fail/i.test(removedBecause),
  );
  return {
    id: 'lost-executors',
    name: 'Lost executors',
    value: lost.length,
    shown: `${formatNumber(lost.length)} of ${formatNumber(app.executors.length)}`,
    limit: 'none',
    level: lost.length > 0 ? 'severe' : 'fine',
    ...(lost.length > 0 && {
      advice: `${counted(lost.length, 'executor')} went away during the work (${lost[0]?.removedBecause}). Exit code 52 or 137 is a lack of memory: raise spark.executor.memory or spark.executor.memoryOverhead.`,
    }),
  };
}

function slowestStage({ stages, work }: Facts): Figure {
  const longest = most(stages, ({ stage }) => lastedMs(stage));
  if (longest === undefined) return unknown('slowest-stage', 'Slowest stage', 'no stage has run');
  const ms = lastedMs(longest.stage);
  return {
    id: 'slowest-stage',
    name: 'Slowest stage',
    value: ms,
    shown: `${formatTime(ms)}, ${formatShare(ms / Math.max(1, work.wallMs))} of the run (stage ${longest.stage.id})`,
    limit: '–',
    level: 'fine',
  };
}

function skew({ stages, scale }: Facts): Figure {
  const limit = Math.max(500, 5000 * scale);
  const words = `longest task over 3 or 10 times the median, and over ${formatTime(limit)}`;
  // Where tasks are short, their ratio says nothing.
  const worth = stages.filter(({ sums }) => sums.times.max > limit && skewOf(sums) !== undefined);
  const worst = most(worth, ({ sums }) => skewOf(sums) ?? 0) ?? most(stages, ({ sums }) => skewOf(sums) ?? 0);
  const ratio = worst && skewOf(worst.sums);
  if (worst === undefined || ratio === undefined)
    return { ...unknown('skew', 'Skew', 'no stage has three tasks'), limit: words };
  const { times } = worst.sums;
  const spread = times.p95 / Math.max(1, times.p50);
  const level =
    times.max <= limit
      ? 'fine'
      : ratio > 10 || spread > 10
        ? 'severe'
        : ratio > 3 || spread > 3
          ? 'warning'
          : 'fine';
  return {
    id: 'skew',
    name: 'Skew',
    value: ratio,
    shown: `${formatTimes(ratio)} in stage ${worst.stage.id}: longest ${formatTime(times.max)}, median ${formatTime(times.p50)}`,
    limit: words,
    level,
    ...(level !== 'fine' && {
      advice: `Stage ${worst.stage.id} waits for its longest task: ${formatTime(times.max)}, ${formatTimes(ratio)} the median of ${formatTime(times.p50)}. One key may have most of the rows: let Spark split it (spark.sql.adaptive.enabled and spark.sql.adaptive.skewJoin.enabled), broadcast the small side, or add a salt to the key.`,
    }),
  };
}

function diskSpill({ all, stages }: Facts): Figure {
  const bytes = all.diskSpilledBytes;
  const worst = most(stages, ({ sums }) => sums.diskSpilledBytes);
  return {
    id: 'disk-spill',
    name: 'Spilled to disk',
    value: bytes,
    shown: formatBytes(bytes),
    limit: 'none',
    level: bytes > 0 ? 'severe' : 'fine',
    ...(bytes > 0 && {
      advice: `${formatBytes(bytes)} did not fit into memory and went to disk, most of it in stage ${worst?.stage.id}. Make partitions smaller (spark.sql.shuffle.partitions) or give executors more memory (spark.executor.memory).`,
    }),
  };
}

function memorySpill({ all }: Facts): Figure {
  const bytes = all.memorySpilledBytes;
  return {
    id: 'memory-spill',
    name: 'Spilled, as it was in memory',
    value: bytes,
    shown: formatBytes(bytes),
    limit: 'none',
    level: bytes > 0 ? 'warning' : 'fine',
  };
}

function garbageCollection({ all, scale }: Facts): Figure {
  const share = all.runMs === 0 ? 0 : all.gcMs / all.runMs;
  const limit = Math.max(500, 5000 * scale);
  const level = all.gcMs < limit || share <= 0.1 ? 'fine' : share > 0.2 ? 'severe' : 'warning';
  return {
    id: 'gc',
    name: 'Garbage collection',
    value: share,
    shown: `${formatShare(share)} of the tasks' time (${formatTime(all.gcMs)})`,
    limit: `10 % or 20 %, and ${formatTime(limit)}`,
    level,
    ...(level !== 'fine' && {
      advice: `Tasks spent ${formatShare(share)} of their time on garbage collection (${formatTime(all.gcMs)}). Raise spark.executor.memory, or let fewer tasks share an executor (spark.executor.cores).`,
    }),
  };
}

function driverTime({ work }: Facts): Figure {
  const share = work.driverMs / Math.max(1, work.wallMs);
  const level = share > 0.5 && work.driverMs > 20_000 ? 'note' : 'fine';
  return {
    id: 'driver-time',
    name: 'Time with no task running',
    value: work.driverMs,
    shown: `${formatTime(work.driverMs)}, ${formatShare(share)} of the application's ${formatTime(work.wallMs)}`,
    limit: '50 %, and 20 s',
    level,
    ...(level !== 'fine' && {
      advice: `For ${formatTime(work.driverMs)} (${formatShare(share)}) no task ran, and more executors would not help. Look for work that the driver does alone: collect() and toPandas(), plans of many files, pauses between jobs.`,
    }),
  };
}

function idleCores({ work }: Facts): Figure {
  if (work.coreMs === 0) return unknown('idle-cores', 'Idle cores', 'no executor came');
  const share = Math.max(0, 1 - work.taskMs / work.coreMs);
  const level = share > 0.5 && work.wallMs > 60_000 ? 'warning' : share > 0.5 ? 'note' : 'fine';
  return {
    id: 'idle-cores',
    name: 'Idle cores',
    value: share,
    shown: `${formatShare(share)} of the time of ${counted(work.cores, 'core')}`,
    limit: '50 %',
    level,
    ...(level !== 'fine' && {
      advice: `${counted(work.cores, 'core')} did nothing for ${formatShare(share)} of the time.${work.wallMs > 60_000 ? ' Fewer executors would do nearly as well, or more partitions would use these.' : ' In a run this short, that is mostly the start.'}`,
    }),
  };
}

function idealTime({ work }: Facts): Figure {
  return {
    id: 'ideal-time',
    name: 'Ideal time',
    value: work.idealMs,
    shown: `${formatTime(work.idealMs)} if its tasks filled ${counted(work.cores, 'core')} without a gap`,
    limit: '–',
    level: 'fine',
  };
}

function smallTasks({ stages, scale }: Facts): Figure {
  const limit = Math.max(150, Math.round(5000 * scale));
  const worst = most(
    stages.filter(({ sums }) => sums.times.p50 < 500),
    ({ sums }) => sums.tasks,
  );
  const tasks = worst?.sums.tasks ?? 0;
  const level = tasks > limit ? 'warning' : 'fine';
  const median = formatTime(worst?.sums.times.p50 ?? 0);
  return {
    id: 'small-tasks',
    name: 'Most small tasks in a stage',
    value: tasks,
    shown:
      worst === undefined
        ? 'none'
        : `${formatNumber(tasks)} with a median of ${median} (stage ${worst.stage.id})`,
    limit: `${formatNumber(limit)} with a median under 500 ms`,
    level,
    ...(level !== 'fine' && {
      advice: `Stage ${worst?.stage.id} has ${formatNumber(tasks)} tasks whose median is ${median}: starting them costs more than they do. Use fewer partitions (spark.sql.shuffle.partitions, coalesce()), or let Spark join them (spark.sql.adaptive.enabled).`,
    }),
  };
}

function memoryPeak({ app, all, work }: Facts): Figure {
  const words = 'over 95 %, or under 70 %';
  const heap = memoryOf(app.properties['spark.executor.memory'] ?? '1g');
  const peak = app.stages.reduce(
    (peak, { tasks }) => tasks.reduce((most, { heapBytes }) => Math.max(most, heapBytes), peak),
    0,
  );
  if (peak === 0 || heap === undefined || app.executors.some(({ id }) => id === 'driver'))
    return { ...unknown('memory-peak', "Peak of an executor's heap", 'Spark did not look'), limit: words };
  const share = peak / heap;
  // What a short run has taken says nothing about what a longer one would.
  const level =
    share > 0.95
      ? 'severe'
      : share < 0.7 && work.wallMs > 60_000 && all.memorySpilledBytes === 0
        ? 'note'
        : 'fine';
  return {
    id: 'memory-peak',
    name: "Peak of an executor's heap",
    value: peak,
    shown: `${formatBytes(peak)}, ${formatShare(share)} of ${formatBytes(heap)}`,
    limit: words,
    level,
    ...(level === 'severe' && {
      advice: `An executor had ${formatShare(share)} of its heap in use (${formatBytes(peak)}): raise spark.executor.memory.`,
    }),
    ...(level === 'note' && {
      advice: `No executor had more than ${formatShare(share)} of its heap in use (${formatBytes(peak)}): less of spark.executor.memory would do.`,
    }),
  };
}

function shuffle({ all, scale }: Facts): Figure {
  const bytes = all.shuffleWriteBytes;
  const ratio = all.inputBytes === 0 ? undefined : bytes / all.inputBytes;
  const limit = Math.max(10 * mebibyte, 100 * mebibyte * scale);
  const level = ratio !== undefined && ratio > 2 && bytes > limit ? 'warning' : 'fine';
  return {
    id: 'shuffle',
    name: 'Shuffled',
    value: bytes,
    shown: `${formatBytes(bytes)}${ratio === undefined ? '' : `, ${formatTimes(ratio)} the input of ${formatBytes(all.inputBytes)}`}`,
    limit: `twice the input, and ${formatBytes(limit)}`,
    level,
    ...(level !== 'fine' && {
      advice: `${formatBytes(bytes)} were shuffled, ${formatTimes(ratio ?? 0)} the input. Filter and aggregate before joins, select only the columns that are needed, and broadcast small tables.`,
    }),
  };
}

function fetchWait({ all, scale }: Facts): Figure {
  const share = all.runMs === 0 ? 0 : all.fetchWaitMs / all.runMs;
  const limit = Math.max(500, 5000 * scale);
  const level = share > 0.1 && all.fetchWaitMs > limit ? 'warning' : 'fine';
  return {
    id: 'fetch-wait',
    name: 'Waiting for shuffled data',
    value: all.fetchWaitMs,
    shown: `${formatTime(all.fetchWaitMs)}, ${formatShare(share)} of the tasks' time`,
    limit: `10 %, and ${formatTime(limit)}`,
    level,
    ...(level !== 'fine' && {
      advice: `Tasks waited ${formatTime(all.fetchWaitMs)} (${formatShare(share)}) for data of other executors: shuffle less, or use fewer, larger executors.`,
    }),
  };
}

function largestPartition({ all }: Facts): Figure {
  const bytes = all.largestReadBytes;
  const level = bytes > 5 * gibibyte ? 'warning' : 'fine';
  return {
    id: 'largest-partition',
    name: 'Most that one task has read',
    value: bytes,
    shown: formatBytes(bytes),
    limit: '5 GiB',
    level,
    ...(level !== 'fine' && {
      advice: `One task read ${formatBytes(bytes)}: use more partitions (repartition(), spark.sql.shuffle.partitions).`,
    }),
  };
}

function broadcast({ operators }: Facts): Figure {
  const sizes = operators
    .filter(({ name }) => name.startsWith('BroadcastExchange'))
    .map(metricNamed('data size'));
  const bytes = sizes.reduce((largest, size) => Math.max(largest, size), 0);
  const level = bytes > gibibyte ? 'severe' : 'fine';
  return {
    id: 'broadcast',
    name: 'Largest broadcast',
    value: bytes,
    shown: formatBytes(bytes),
    limit: '1 GiB',
    level,
    ...(level !== 'fine' && {
      advice: `A broadcast has ${formatBytes(bytes)}, and every executor holds all of it: lower spark.sql.autoBroadcastJoinThreshold.`,
    }),
  };
}

function smallFiles({ operators: nodes }: Facts): readonly Figure[] {
  return (
    [
      ['read', 'number of files read', 'size of files read', 'Join them where they are written'],
      ['written', 'number of written files', 'written output', 'Write fewer (coalesce(), repartition())'],
    ] as const
  ).map(([verb, countName, sizeName, remedy]): Figure => {
    const files = total(nodes, countName);
    const mean = files === 0 ? 0 : total(nodes, sizeName) / files;
    const level = files > 100 && mean < 3 * mebibyte ? 'warning' : 'fine';
    return {
      id: `files-${verb}`,
      name: `Files ${verb}`,
      value: files,
      shown: files === 0 ? 'none by a plan' : `${formatNumber(files)}, ${formatBytes(mean)} each`,
      limit: '100 of less than 3 MiB each',
      level,
      ...(level !== 'fine' && {
        advice: `${formatNumber(files)} files of ${formatBytes(mean)} each were ${verb}: opening each costs more than reading it. ${remedy}.`,
      }),
    };
  });
}

function unknown(id: string, name: string, why: string): Figure {
  return { id, name, value: undefined, shown: why, limit: '–', level: 'unknown' };
}

function most<Value>(values: readonly Value[], amount: (value: Value) => number): Value | undefined {
  return values.reduce<Value | undefined>(
    (best, each) => (best === undefined || amount(each) > amount(best) ? each : best),
    undefined,
  );
}

function lastedMs(stage: Stage): number {
  const [from, to] = spanOf(stage);
  return to - from;
}

function metricNamed(wanted: string): (node: PlanNode) => number {
  return ({ metrics }) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
}

function total(nodes: readonly PlanNode[], metric: string): number {
  return nodes.reduce((all, node) => all + metricNamed(metric)(node), 0);
}

/** The bytes of a size as Spark writes it, such as `600m`; a bare number counts mebibytes. */
function memoryOf(size: string): number | undefined {
  const [, number, unit = 'm'] = /^(\d+)([kmgt])?b?$/i.exec(size.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** ('kmgt'.indexOf(unit.toLowerCase()) + 1);
}
