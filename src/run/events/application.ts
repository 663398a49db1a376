/** The amounts that tasks report, and that can be added up. Times are in milliseconds. */
export interface TaskAmounts {
  readonly runMs: number;
  readonly gcMs: number;
  readonly fetchWaitMs: number;
  readonly inputBytes: number;
  readonly inputRows: number;
  readonly outputBytes: number;
  readonly shuffleReadBytes: number;
  readonly shuffleWriteBytes: number;
  readonly memorySpilledBytes: number;
  readonly diskSpilledBytes: number;
}

/** One attempt of a task, as far as a report needs it. Instants are in milliseconds since 1970. */
export interface TaskAttempt extends TaskAmounts {
  readonly executor: string;
  readonly launchedAt: number;
  readonly finishedAt: number;
  readonly outcome: 'succeeded' | 'failed' | 'killed';
  /** The heap of its executor's JVM at its highest, as far as Spark has looked; 0 where it has not. */
  readonly heapBytes: number;
}

/** One attempt of a stage. */
export interface Stage {
  readonly id: number;
  readonly attempt: number;
  readonly name: string;
  readonly submittedAt?: number;
  readonly completedAt?: number;
  readonly failure?: string;
  /** The number of tasks that it was to have. */
  readonly planned: number;
  readonly tasks: readonly TaskAttempt[];
}

export interface Executor {
  readonly id: string;
  readonly host: string;
  readonly cores: number;
  readonly addedAt: number;
  readonly removedAt?: number;
  readonly removedBecause?: string;
}

export interface SparkJob {
  readonly id: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly stages: readonly number[];
  readonly query?: number;
  readonly failed: boolean;
}

/** A number that Spark has counted for an operator of a plan, summed up over all tasks. */
export interface PlanMetric {
  readonly name: string;
  readonly kind: 'count' | 'bytes' | 'ms';
  readonly value: number;
}

export interface PlanNode {
  readonly name: string;
  readonly detail: string;
  readonly metrics: readonly PlanMetric[];
  readonly children: readonly PlanNode[];
}

export interface Query {
  readonly id: number;
  readonly description: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly error?: string;
  readonly plan?: PlanNode;
}

/** An application as its event log tells of it. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly sparkVersion?: string;
  readonly startedAt: number;
  /** Its last sign of life, where it did not come to its end. */
  readonly endedAt: number;
  readonly ended: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly executors: readonly Executor[];
  readonly jobs: readonly SparkJob[];
  /** In the order in which they began. */
  readonly stages: readonly Stage[];
  readonly queries: readonly Query[];
  /** Lines that are none of an event log, or were cut off. */
  readonly unreadableLines: number;
}
