import type { ApplicationState, StageState } from '../../system/event.ts';

interface Stage {
  readonly id: number;
  readonly name: string;
  tasks: number;
  done: number;
  failed: number;
  beganAt: number;
}

/**
 * Tells what an application does now, by the lines that Spark logs on the driver. They are there on every master and
 * cost the run nothing, where Spark's REST API would load its classes into the driver and is out of reach in a container.
 */
export class ApplicationProgress {
  readonly #executors = new Set<string>();
  readonly #stages = new Map<number, Stage>();
  readonly #now: () => number;
  #stagesDone = 0;
  #waits = false;
  #id: string | undefined;

  /** `now` is a monotonic clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes one line of `spark.log`; tells whether it has changed anything. */
  note(line: string): boolean {
    const [, source = '', message = ''] = logLine.exec(line) ?? [];
    const change = signs[source]?.(message);
    if (change === undefined) return false;
    this.#apply(change);
    return true;
  }

  /** The id that the master has given it. */
  get applicationId(): string | undefined {
    return this.#id;
  }

  /** True while no executor has done any of its tasks, and none takes them. */
  get hasNothing(): boolean {
    return this.#waits && this.#stagesDone === 0 && this.#executors.size === 0;
  }

  state(): ApplicationState {
    const stages = [...this.#stages.values()].map((stage) => this.#stateOf(stage));
    const running = stages.filter(({ done, tasks }) => done < tasks);
    return {
      executors: this.#executors.size,
      stages: running,
      stagesDone: this.#stagesDone,
      waits: this.#waits,
    };
  }

  #stateOf({ id, name, tasks, done, failed, beganAt }: Stage): StageState {
    const remainingMs =
      done > 0 && done < tasks ? ((this.#now() - beganAt) * (tasks - done)) / done : undefined;
    return { id, name, tasks, done, failed, ...(remainingMs !== undefined && { remainingMs }) };
  }

  #apply(change: Change): void {
    const { kind } = change;
    if (kind === 'named') this.#id = change.id;
    if (kind === 'executor-added') this.#executors.add(change.executor);
    if (kind === 'executor-lost') this.#executors.delete(change.executor);
    if (kind === 'waits') this.#waits = true;
    if (kind === 'stage-began') this.#begin(change);
    if (kind === 'stage-ended' && this.#stages.delete(change.stage) && change.isDone) this.#stagesDone++;
    if (kind === 'task-began') this.#waits = false;
    if (kind !== 'task-ended' && kind !== 'task-lost') return;
    const stage = this.#stages.get(change.stage);
    if (stage === undefined) return;
    if (change.kind === 'task-ended') stage.done = Math.min(Math.max(stage.done, change.done), stage.tasks);
    else stage.failed++;
  }

  #begin({ stage: id, name, tasks }: StageBegan): void {
    // A second attempt has only the tasks whose results were lost.
    this.#stages.set(id, { id, name, tasks, done: 0, failed: 0, beganAt: this.#now() });
    // A log is what a program writes: however many stages it tells of, a few are kept.
    const [oldest] = this.#stages.keys();
    if (this.#stages.size > mostStages && oldest !== undefined) this.#stages.delete(oldest);
  }
}

const mostStages = 64;

interface StageBegan {
  readonly stage: number;
  readonly name: string;
  readonly tasks: number;
}

type Change =
  | { readonly kind: 'executor-added' | 'executor-lost'; readonly executor: string }
  | { readonly kind: 'waits' | 'task-began' }
  | { readonly kind: 'named'; readonly id: string }
  | ({ readonly kind: 'stage-began' } & StageBegan)
  | { readonly kind: 'stage-ended'; readonly stage: number; readonly isDone: boolean }
  | { readonly kind: 'task-lost'; readonly stage: number }
  | { readonly kind: 'task-ended'; readonly stage: number; readonly done: number };

/** `2026-11-29 09:58:21.218 INFO TaskSetManager: Finished task 0.0 in stage 1.0 …`, as `driver-log4j2.properties` has it. */
const logLine = /^\d{4}-\d\d-\d\d [\d:.]{12} (?:INFO|WARN) ([\w$]+): (.{1,2000})/;

/** The classes of Spark whose words tell something. */
const signs: Readonly<Record<string, (message: string) => Change | undefined>> = {
  StandaloneSchedulerBackend$StandaloneDriverEndpoint: registered,
  YarnSchedulerBackend$YarnDriverEndpoint: registered,
  KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint: registered,
  CoarseGrainedSchedulerBackend$DriverEndpoint: registered,
  // The driver itself, of local[2].
  Executor: (message) =>
    message.startsWith('Starting executor ID driver')
      ? { kind: 'executor-added', executor: 'driver' }
      : undefined,
  DAGScheduler(message) {
    const began =
      /^Submitting (\d+) missing tasks from (?:ResultStage|ShuffleMapStage) (\d+) \(.*? at (.*?)\)(?: \(first|$)/.exec(
        message,
      );
    if (began !== null)
      return {
        kind: 'stage-began',
        stage: Number(began[2]),
        tasks: Number(began[1]),
        name: callSite(began[3] ?? ''),
      };
    const ended = /^(?:ResultStage|ShuffleMapStage) (\d+) \(.*\) (finished|failed) in /.exec(message);
    if (ended !== null)
      return { kind: 'stage-ended', stage: Number(ended[1]), isDone: ended[2] === 'finished' };
    const lost = /^Executor lost: (\S+) /.exec(message);
    return lost === null ? undefined : { kind: 'executor-lost', executor: lost[1] ?? '' };
  },
  TaskSetManager(message) {
    const finished = /^Finished task [\d.]+ in stage (\d+)\.\d+ \(TID \d+\) .* \((\d+)\/\d+\)$/.exec(message);
    if (finished !== null)
      return { kind: 'task-ended', stage: Number(finished[1]), done: Number(finished[2]) };
    if (message.startsWith('Starting task ')) return { kind: 'task-began' };
    const lost = /^Lost task [\d.]+ in stage (\d+)\.\d+ /.exec(message);
    return lost === null ? undefined : { kind: 'task-lost', stage: Number(lost[1]) };
  },
  StandaloneSchedulerBackend(message) {
    const [, id] = /^Connected to Spark cluster with app ID (app-[\w-]+)$/.exec(message) ?? [];
    return id === undefined ? undefined : { kind: 'named', id };
  },
  TaskSchedulerImpl: (message) =>
    message.startsWith('Initial job has not accepted any resources') ? { kind: 'waits' } : undefined,
};

function registered(message: string): Change | undefined {
  const found = /^Registered executor .* with ID (\S+?),/.exec(message);
  return found === null ? undefined : { kind: 'executor-added', executor: found[1] ?? '' };
}

/** `collect at /home/me/jobs/etl.py:45` as `collect at etl.py:45`; where Spark names only its own bridge to Python, the action alone. */
function callSite(site: string): string {
  return site.replace(/ at NativeMethodAccessorImpl\.java:\d+$/, '').replace(/ at \S*\//, ' at ');
}
