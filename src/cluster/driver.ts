import { join } from 'node:path';
import type { ColdReason } from '../system/event.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';

/**
 * Java options of a driver on a cluster that sparkctl makes, weaker than the person's. It plans and waits for the executors, which
 * do the work: to compile its code well would take longer than it saves.
 */
export const driverJavaOptions = ['-XX:TieredStopAtLevel=1'] as const;

/** The file that keeps everything that Spark logs in a run's driver. */
export function sparkLogPath(runFolder: string): string {
  return join(runFolder, 'spark.log');
}

/** The facts that a driver needs of the cluster it submits to. */
export interface ClusterConnection {
  /** The value of `--master`; undefined where the person's own options name the master. */
  readonly master?: string;
  /** Spark properties that the cluster needs. They become `--conf` arguments, so none of them is secret. */
  readonly properties: Readonly<Record<string, string>>;
  /** Values that must never be printed or recorded. */
  readonly secrets: readonly string[];
  /** The folder of this host where Spark writes event logs, and the history server reads them; undefined: the run's own. */
  readonly eventLogFolder?: string;
  readonly historyUrl?: string;
}

/** A launch that a standby driver can take, in two parts: what it must have been started with, and what it learns when it is taken. */
export interface WarmLaunch {
  /** The arguments of spark-submit before the application, less the properties below. */
  readonly options: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly script: string;
  readonly arguments: readonly string[];
}

/** One spark-submit to be run. Paths are those of this host; a container sees the project at the same path. */
export interface DriverLaunch {
  readonly runId: string;
  /** `.sparkctl/runs/<run-id>`, absolute. */
  readonly runFolder: string;
  /** The one folder in it that the job may write to. */
  readonly artifactsFolder: string;
  /** The files that the job reads and writes in the project, as far as its manifest says; the folders of those it writes exist. */
  readonly files: { readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** Files of Spark properties, weakest first: those of the project or the person. They are not among the arguments. */
  readonly propertiesFiles: readonly string[];
  /** Properties that must not stand in argv: stronger than those of the files. */
  readonly secretProperties: Readonly<Record<string, string>>;
  /** All other arguments of `spark-submit`. */
  readonly sparkSubmitArguments: readonly string[];
  /** The same for a standby driver, or the reason why none can take it. */
  readonly warm: WarmLaunch | ColdReason;
  readonly workingFolder: string;
  /** True where the driver goes on when this process dies, and what it prints and how it ends is kept for another: it is not handed on. */
  readonly detached?: boolean;
  /** The tag by which YARN knows the application, where the driver runs within YARN and only its client is started here. */
  readonly yarnTag?: string;
  readonly onStdout: TakeOutput;
  readonly onStderr: TakeOutput;
}

export interface DriverExit {
  /** The script's exit code; 128 + n where signal n ended it. */
  readonly exitCode: number;
  readonly signal?: string;
  readonly outOfMemory?: boolean;
  /** Set where the cluster itself had to be asked, since no event log is here. */
  readonly applicationIds?: readonly string[];
  /** The reason of a bad end, in the cluster's words. */
  readonly explanation?: string;
  /** A process that the script started still holds its output; what that one prints from now on is dropped. */
  readonly outputIsHeld?: boolean;
}

export interface RunningDriver {
  /** The process id, or the container id: recorded in run.json so that another process can find it again. */
  readonly id: string;
  readonly exited: Promise<DriverExit>;
  /** Asks the driver to end, waits `graceMs`, then kills it and all it started. Settles once nothing of it is left. */
  stop(graceMs: number): Promise<void>;
}
