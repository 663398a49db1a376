/** Instants of a log count from here. */
export const logBegan = 1_800_000_000_000;

interface Task {
  readonly stage?: number;
  readonly executor?: string;
  /** Milliseconds after the beginning. */
  readonly from: number;
  readonly to: number;
  readonly reason?: string;
  readonly accumulables?: readonly object[];
  readonly metrics?: object;
}

const line = (event: object) => `${JSON.stringify(event)}\n`;

export function taskEnd({
  stage = 0,
  executor = '0',
  from,
  to,
  reason = 'Success',
  accumulables = [],
  metrics = {},
}: Task) {
  return line({
    Event: 'SparkListenerTaskEnd',
    'Stage ID': stage,
    'Stage Attempt ID': 0,
    'Task End Reason': { Reason: reason },
    'Task Info': {
      'Launch Time': logBegan + from,
      'Finish Time': logBegan + to,
      'Executor ID': executor,
      Failed: reason !== 'Success',
      Killed: false,
      Accumulables: accumulables,
    },
    'Task Metrics': { 'Executor Run Time': to - from, 'JVM GC Time': 0, ...metrics },
  });
}

export function stageCompleted(id: number, name: string, from: number, to: number) {
  return line({
    Event: 'SparkListenerStageCompleted',
    'Stage Info': {
      'Stage ID': id,
      'Stage Attempt ID': 0,
      'Stage Name': name,
      'Number of Tasks': 1,
      'Submission Time': logBegan + from,
      'Completion Time': logBegan + to,
    },
  });
}

export function queryStarted(plan: object) {
  return line({
    Event: 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart',
    executionId: 0,
    description: 'count at a.py:1',
    time: logBegan,
    sparkPlanInfo: plan,
  });
}

/** An application of two executors with a core each, with these events in its middle. */
export function aLog(events: readonly string[], { lasts = 10_000, name = 'etl' } = {}): string {
  const executor = (id: string) =>
    line({
      Event: 'SparkListenerExecutorAdded',
      Timestamp: logBegan,
      'Executor ID': id,
      'Executor Info': { Host: 'here', 'Total Cores': 1 },
    });
  return [
    line({ Event: 'SparkListenerLogStart', 'Spark Version': '4.3.0' }),
    line({
      Event: 'SparkListenerApplicationStart',
      'App Name': name,
      'App ID': 'app-1',
      Timestamp: logBegan,
    }),
    executor('0'),
    executor('1'),
    ...events,
    line({ Event: 'SparkListenerApplicationEnd', Timestamp: logBegan + lasts }),
  ].join('');
}
