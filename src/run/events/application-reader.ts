import type { Application, Executor, PlanNode, Query, SparkJob, Stage, TaskAttempt } from './application.ts';
import { type EventName, type EventOf, eventSchemas, planNode } from './event-schemas.ts';

type Changing<Value> = { -readonly [Key in keyof Value]: Value[Key] };
type Handlers = { readonly [Name in EventName]: (event: EventOf<Name>) => void };
type RawPlan = Omit<PlanNode, 'metrics' | 'children'> & {
  readonly metrics: readonly {
    readonly name: string;
    readonly accumulatorId: number;
    readonly metricType: string;
  }[];
  readonly children: readonly RawPlan[];
};

type StageSoFar = Changing<Omit<Stage, 'tasks'>> & { readonly tasks: TaskAttempt[] };

/** A plan that is nested deeper is no plan that anybody could read. */
const deepestPlan = 300;

const kinds: Readonly<Record<string, readonly ['count' | 'bytes' | 'ms', number]>> = {
  sum: ['count', 1],
  size: ['bytes', 1],
  timing: ['ms', 1],
  nsTiming: ['ms', 1e-6],
};

/** Takes the lines of an event log one after the other, and makes of them what they tell of an application. */
export class ApplicationReader {
  readonly #id: string;
  #name = '';
  #sparkVersion: string | undefined;
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #lastSign = 0;
  #properties: Readonly<Record<string, string>> = {};
  readonly #executors = new Map<string, Changing<Executor>>();
  readonly #jobs = new Map<number, Changing<SparkJob>>();
  readonly #stages = new Map<string, StageSoFar>();
  readonly #queries = new Map<number, Changing<Omit<Query, 'plan'>> & { plan?: RawPlan | undefined }>();
  readonly #accumulated = new Map<number, number>();
  #unreadable = 0;

  constructor(id: string) {
    this.#id = id;
  }

  /** Takes one line. One that is no event is counted; an event of another kind is passed over without being parsed. */
  take(line: string): void {
    if (line === '') return;
    const [, name] = /^\{"Event":"([\w.]+)"/.exec(line) ?? [];
    if (name === undefined) {
      this.#unreadable += 1;
      return;
    }
    if (!Object.hasOwn(eventSchemas, name)) return;
    this.#handle(name as EventName, line);
  }

  #handle<Name extends EventName>(name: Name, line: string): void {
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      this.#unreadable += 1;
      return;
    }
    const read = eventSchemas[name].safeParse(json);
    if (read.success) this.#handlers[name](read.data as EventOf<Name>);
    else this.#unreadable += 1;
  }

  readonly #handlers: Handlers = {
    SparkListenerLogStart: (event) => {
      this.#sparkVersion = event['Spark Version'];
    },
    SparkListenerApplicationStart: (event) => {
      this.#name = event['App Name'];
      this.#startedAt = event.Timestamp;
      this.#seen(event.Timestamp);
    },
    SparkListenerApplicationEnd: ({ Timestamp }) => {
      this.#endedAt = Timestamp;
      this.#seen(Timestamp);
    },
    SparkListenerEnvironmentUpdate: (event) => {
      this.#properties = event['Spark Properties'];
    },
    SparkListenerExecutorAdded: (event) => {
      const { Host: host, 'Total Cores': cores } = event['Executor Info'];
      const id = event['Executor ID'];
      this.#executors.set(id, { id, host, cores, addedAt: event.Timestamp });
      this.#seen(event.Timestamp);
    },
    SparkListenerExecutorRemoved: (event) => {
      const executor = this.#executors.get(event['Executor ID']);
      if (executor === undefined) return;
      executor.removedAt = event.Timestamp;
      executor.removedBecause = event['Removed Reason'];
    },
    SparkListenerJobStart: (event) => {
      const query = event.Properties?.['spark.sql.execution.id'];
      const id = event['Job ID'];
      this.#jobs.set(id, {
        id,
        startedAt: event['Submission Time'],
        stages: event['Stage IDs'],
        ...(query !== undefined && { query: Number(query) }),
        failed: false,
      });
      this.#seen(event['Submission Time']);
    },
    SparkListenerJobEnd: (event) => {
      const job = this.#jobs.get(event['Job ID']);
      if (job === undefined) return;
      job.endedAt = event['Completion Time'];
      job.failed = event['Job Result'].Result !== 'JobSucceeded';
      this.#seen(job.endedAt);
    },
    SparkListenerStageSubmitted: (event) => this.#takeStage(event['Stage Info']),
    SparkListenerStageCompleted: (event) => this.#takeStage(event['Stage Info']),
    SparkListenerTaskEnd: (event) => this.#takeTask(event),
    'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart': (event) => {
      const { executionId: id, description, time: startedAt } = event;
      this.#queries.set(id, { id, description, startedAt, plan: readPlan(event.sparkPlanInfo) });
      this.#seen(startedAt);
    },
    'org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate': (event) => {
      const query = this.#queries.get(event.executionId);
      if (query !== undefined) query.plan = readPlan(event.sparkPlanInfo) ?? query.plan;
    },
    'org.apache.spark.sql.execution.ui.SparkListenerDriverAccumUpdates': ({ accumUpdates }) => {
      for (const [id, value] of accumUpdates) this.#accumulate(id, value);
    },
    'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd': (event) => {
      const query = this.#queries.get(event.executionId);
      if (query === undefined) return;
      query.endedAt = event.time;
      if (event.errorMessage) query.error = event.errorMessage;
      this.#seen(event.time);
    },
  };

  #seen(at: number): void {
    this.#lastSign = Math.max(this.#lastSign, at);
  }

  #stage(id: number, attempt: number): StageSoFar {
    const key = `${id}.${attempt}`;
    const known = this.#stages.get(key);
    if (known !== undefined) return known;
    const stage: StageSoFar = { id, attempt, name: '', planned: 0, tasks: [] };
    this.#stages.set(key, stage);
    return stage;
  }

  #takeStage(info: EventOf<'SparkListenerStageCompleted'>['Stage Info']): void {
    const stage = this.#stage(info['Stage ID'], info['Stage Attempt ID']);
    stage.name = info['Stage Name'];
    stage.planned = info['Number of Tasks'];
    const {
      'Submission Time': submittedAt,
      'Completion Time': completedAt,
      'Failure Reason': failure,
    } = info;
    if (submittedAt !== undefined) stage.submittedAt = submittedAt;
    if (completedAt !== undefined) stage.completedAt = completedAt;
    if (failure !== undefined) stage.failure = failure;
    this.#seen(Math.max(submittedAt ?? 0, completedAt ?? 0));
  }

  #takeTask(event: EventOf<'SparkListenerTaskEnd'>): void {
    const info = event['Task Info'];
    const metrics = event['Task Metrics'];
    const read = metrics?.['Shuffle Read Metrics'];
    const [launchedAt, finishedAt] = [info['Launch Time'], info['Finish Time']];
    for (const { ID, Update } of info.Accumulables) this.#accumulate(ID, Update);
    this.#seen(finishedAt);
    this.#stage(event['Stage ID'], event['Stage Attempt ID']).tasks.push({
      executor: info['Executor ID'],
      launchedAt,
      finishedAt: Math.max(launchedAt, finishedAt),
      outcome: outcomeOf(event),
      runMs: metrics?.['Executor Run Time'] ?? 0,
      gcMs: metrics?.['JVM GC Time'] ?? 0,
      fetchWaitMs: read?.['Fetch Wait Time'] ?? 0,
      inputBytes: metrics?.['Input Metrics']?.['Bytes Read'] ?? 0,
      inputRows: metrics?.['Input Metrics']?.['Records Read'] ?? 0,
      outputBytes: metrics?.['Output Metrics']?.['Bytes Written'] ?? 0,
      shuffleReadBytes: (read?.['Remote Bytes Read'] ?? 0) + (read?.['Local Bytes Read'] ?? 0),
      shuffleWriteBytes: metrics?.['Shuffle Write Metrics']?.['Shuffle Bytes Written'] ?? 0,
      memorySpilledBytes: metrics?.['Memory Bytes Spilled'] ?? 0,
      diskSpilledBytes: metrics?.['Disk Bytes Spilled'] ?? 0,
      heapBytes: event['Task Executor Metrics']?.JVMHeapMemory ?? 0,
    });
  }

  /** Sizes that were never set are negative. */
  #accumulate(id: number, update: number): void {
    if (update > 0) this.#accumulated.set(id, (this.#accumulated.get(id) ?? 0) + update);
  }

  /** The application as far as the lines have told of it; undefined where they are no event log. */
  finish(): Application | undefined {
    const startedAt = this.#startedAt;
    if (startedAt === undefined) return undefined;
    const beganAt = (stage: Stage) =>
      stage.submittedAt ?? stage.tasks[0]?.launchedAt ?? Number.POSITIVE_INFINITY;
    return {
      id: this.#id,
      name: this.#name,
      ...(this.#sparkVersion !== undefined && { sparkVersion: this.#sparkVersion }),
      startedAt,
      endedAt: Math.max(startedAt, this.#endedAt ?? this.#lastSign),
      ended: this.#endedAt !== undefined,
      properties: this.#properties,
      executors: [...this.#executors.values()],
      jobs: [...this.#jobs.values()],
      stages: [...this.#stages.values()].sort((a, b) => beganAt(a) - beganAt(b) || a.id - b.id),
      queries: [...this.#queries.values()].map(({ plan, ...query }) => ({
        ...query,
        ...(plan !== undefined && { plan: this.#measured(plan) }),
      })),
      unreadableLines: this.#unreadable,
    };
  }

  #measured({ name, detail, metrics, children }: RawPlan): PlanNode {
    return {
      name,
      detail,
      metrics: metrics.flatMap(({ name, accumulatorId, metricType }) => {
        const value = this.#accumulated.get(accumulatorId);
        const [kind, factor] = kinds[metricType] ?? [];
        return value === undefined || kind === undefined || factor === undefined
          ? []
          : [{ name, kind, value: value * factor }];
      }),
      children: children.map((child) => this.#measured(child)),
    };
  }
}

function outcomeOf(event: EventOf<'SparkListenerTaskEnd'>): TaskAttempt['outcome'] {
  const { Reason } = event['Task End Reason'];
  const { Failed, Killed } = event['Task Info'];
  if (Killed || Reason === 'TaskKilled') return 'killed';
  return Failed || Reason !== 'Success' ? 'failed' : 'succeeded';
}

function readPlan(value: unknown, depth = 0): RawPlan | undefined {
  const read = planNode.safeParse(value);
  if (!read.success || depth > deepestPlan) return undefined;
  const { nodeName: name, simpleString: detail, metrics, children } = read.data;
  return { name, detail, metrics, children: children.flatMap((child) => readPlan(child, depth + 1) ?? []) };
}
