/**
 * Everything that happens while sparkctl works, as data: kinds with fields and no sentences. `cli/render/event-words.ts` has the words
 * for people, one entry a kind.
 */
export type SparkctlEvent =
  /** A run has its folder. The first event of a run. */
  | { readonly kind: 'run-created'; readonly run: string; readonly folder: string }
  | { readonly kind: 'phase-started'; readonly phase: PhaseId }
  /** Durations come from a monotonic clock. */
  | {
      readonly kind: 'phase-finished';
      readonly phase: PhaseId;
      readonly durationMs: number;
      readonly outcome: PhaseOutcome;
      readonly result?: PhaseResult;
    }
  // What the phase that is going on does now. Each replaces the one before it.
  | { readonly kind: 'rows-generated'; readonly rows: number; readonly of: number }
  | { readonly kind: 'node-ready'; readonly node: string }
  | { readonly kind: 'waiting-for-nodes'; readonly nodes: readonly string[] }
  | { readonly kind: 'image-output'; readonly line: string }
  | { readonly kind: 'installing'; readonly step: InstallStep; readonly what?: string }
  | {
      readonly kind: 'waiting-for-lock';
      readonly on: 'runtime' | 'dataset';
      readonly pid: number;
      readonly run?: string;
    }
  | ({ readonly kind: 'application-progress' } & ApplicationState)
  // Decisions, and what was done for a reason that a person should know.
  | { readonly kind: 'backend-chosen'; readonly backend: string; readonly reason: BackendReason }
  | { readonly kind: 'runtime-missing'; readonly folder: string }
  /** No Java of the machine fits; those that were looked at, with the reason. */
  | {
      readonly kind: 'java-missing';
      readonly folder: string;
      readonly passedOver: readonly { readonly place: string; readonly reason: string }[];
    }
  | { readonly kind: 'image-missing'; readonly image: string }
  | { readonly kind: 'port-taken'; readonly port: number; readonly node: string; readonly used?: number }
  | {
      readonly kind: 'waiting-for-cluster';
      readonly cluster: string;
      readonly pid: number;
      readonly run?: string;
    }
  | {
      readonly kind: 'waiting-for-run';
      readonly run: string;
      readonly holds: 'input' | 'target' | 'cluster';
      readonly path: string;
    }
  /** A driver was started that waits for the next submission. */
  | { readonly kind: 'standby-started'; readonly cluster: string }
  | { readonly kind: 'stopping-run'; readonly run: string; readonly cluster: string }
  | { readonly kind: 'cluster-reclaimed'; readonly cluster: string }
  | { readonly kind: 'run-lost'; readonly run: string }
  | { readonly kind: 'run-taken-up'; readonly run: string }
  | { readonly kind: 'run-cleared'; readonly run: string }
  /** A container's user was given access to files of the project. */
  | {
      readonly kind: 'access-changed';
      readonly project: string;
      readonly uid: number;
      readonly changes: readonly string[];
    }
  | { readonly kind: 'access-limited'; readonly project: string; readonly uid: number; readonly gid: number }
  // Warnings.
  | { readonly kind: 'record-unusable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'leftover-kept'; readonly path: string; readonly code: string }
  | { readonly kind: 'artifact-left-out'; readonly reason: string }
  | { readonly kind: 'report-failed'; readonly reason: string }
  | { readonly kind: 'standby-failed'; readonly cluster: string; readonly reason: string }
  | { readonly kind: 'output-held' }
  | ({ readonly kind: 'application-waits' } & ResourceShortage)
  | { readonly kind: 'certificates-unreadable'; readonly path: string; readonly code: string }
  | { readonly kind: 'trust-store-failed'; readonly path: string; readonly code: string }
  | { readonly kind: 'cluster-left'; readonly cluster: string; readonly reason: string }
  /** A key of the Compose file, or a whole service, that sparkctl passes over. */
  | {
      readonly kind: 'compose-ignored';
      readonly file: string;
      readonly what: string;
      readonly reason: string;
    };

/** The work of a Spark application at a moment. */
export interface ApplicationState {
  /** Those that have registered with the driver and are not lost. */
  readonly executors: number;
  /** The stages that have tasks left, the oldest first. */
  readonly stages: readonly StageState[];
  readonly stagesDone: number;
  /** True while Spark has tasks and no executor takes them. */
  readonly waits: boolean;
}

/** The resources that an application waits for, and why its cluster does not give them. */
export interface ResourceShortage {
  readonly cluster: string;
  readonly workers: { readonly wanted: number; readonly alive: number };
  /** The resources that no application has; missing where the master says nothing of them. */
  readonly free?: {
    readonly cores: number;
    readonly ofCores: number;
    /** The memory of the worker that has the most. */
    readonly memoryMb: number;
  };
  /** The memory of each executor that the application asks for. */
  readonly executorMemoryMb?: number;
  readonly holders: readonly { readonly name: string; readonly cores: number }[];
}

export interface StageState {
  readonly id: number;
  /** The action of the script that the stage is for, such as `collect at etl.py:45`. */
  readonly name: string;
  readonly tasks: number;
  readonly done: number;
  /** Attempts of tasks that failed. */
  readonly failed: number;
  /** The time that the tasks that are left need if they take as long as those that are done; unknown before one is. */
  readonly remainingMs?: number;
}

export type Emit = (event: SparkctlEvent) => void;

/** The phases of a run, and of making a cluster. */
export type PhaseId =
  | 'wait'
  | 'runtime'
  | 'image'
  | 'containers'
  | 'ready'
  | 'cluster'
  | 'dataset'
  | 'database'
  | 'submit'
  | 'checks'
  | 'cluster-down';

export type PhaseOutcome = 'done' | 'failed' | 'skipped';

/** The findings and decisions of a phase. `describe-phase.ts` says it in a clause. */
export type PhaseResult =
  | { readonly phase: 'wait'; readonly runs: readonly string[] }
  | { readonly phase: 'runtime'; readonly spark: string; readonly java: string; readonly python: string }
  | {
      readonly phase: 'image';
      readonly image: string;
      readonly was: 'present' | 'current' | 'built' | 'pulled';
    }
  | { readonly phase: 'containers'; readonly started: number; readonly replaced: number }
  | { readonly phase: 'ready'; readonly workers: number }
  | {
      readonly phase: 'cluster';
      readonly backend: string;
      readonly name: string;
      readonly was: 'running' | 'started' | 'reached' | 'changed';
      readonly reason?: string;
      readonly workers?: { readonly alive: number; readonly wanted: number };
      readonly ephemeral: boolean;
    }
  | {
      readonly phase: 'dataset';
      readonly dataset: string;
      readonly rows: number;
      readonly seed: number;
      readonly reused: boolean;
    }
  | {
      readonly phase: 'database';
      readonly made: string;
      readonly table: string;
      readonly columns: number;
    }
  | {
      readonly phase: 'submit';
      readonly application?: string;
      readonly exitCode: number;
      readonly driver: DriverStart;
    }
  | {
      readonly phase: 'checks';
      readonly passed: number;
      readonly of: number;
      readonly warned: number;
      readonly skipped: number;
    }
  | { readonly phase: 'cluster-down'; readonly removed: boolean };

/** The way in which a run got its driver: from a standby that waited, started for it, or found when the run was taken up. */
export type DriverStart =
  | { readonly start: 'warm' }
  /** Another sparkctl had started it. */
  | { readonly start: 'taken-up' }
  | { readonly start: 'cold'; readonly reason: ColdReason };

/** The reason why a run had a driver of its own started. */
export type ColdReason =
  /** No standby could: the cluster has none, or the submission is of a kind that needs a start of its own. */
  | { readonly why: 'cluster-of-run' | 'no-standbys' | 'not-wanted' | 'not-python' | 'verbose' | 'secrets' }
  /** None was there, or the one that was did not answer. */
  | { readonly why: 'none-waits' | 'gone' | 'silent' }
  /** The one that waited was made with other things: their names. */
  | { readonly why: 'made-for-another'; readonly what: readonly string[] }
  | { readonly why: 'unusable'; readonly what: readonly string[] };

/** The reason why a cluster is made by one backend and not by another. */
export type BackendReason =
  | { readonly why: 'named' | 'cluster-exists' | 'possible' }
  /** The preferred backend has an obstacle: the code of its error. */
  | { readonly why: 'instead'; readonly of: string; readonly code: string };

/** A step of the installation of the runtime. */
export type InstallStep = 'collecting' | 'downloading' | 'building' | 'installing';
