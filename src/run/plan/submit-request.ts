import type { ClusterRequest } from '../../cluster/choose-cluster.ts';
import type { StandbySettings } from '../../cluster/standby/standby-settings.ts';
import type { GivenSparkOption } from '../../spark/spark-submit.ts';
import type { TakeOutput } from '../../system/processes/start-program.ts';

/** One submission, as the command line or a program asks for it. Only the application has no default. */
export interface SubmitRequest {
  /** A script, a jar or a manifest. */
  readonly application: string;
  readonly applicationArguments?: readonly string[] | undefined;
  /** Options of spark-submit, in the order in which they were given. */
  readonly sparkOptions?: readonly GivenSparkOption[] | undefined;
  /** Relative paths are relative to it, and the driver works in it. Default: the project's folder. */
  readonly workingFolder?: string | undefined;
  /** False: submit the script alone, whatever manifest is beside it. */
  readonly useManifest?: boolean | undefined;
  readonly cluster?: ClusterRequest | undefined;
  /** Leave a cluster that was made for the run. */
  readonly keep?: boolean | undefined;
  /** False: neither take a standby driver nor leave one. For a cluster that is made and kept, how long one waits. */
  readonly standby?: StandbySettings | false | undefined;
  /** Wait for a run that holds the input or the target, instead of failing with exit code 75. */
  readonly wait?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /**
   * The paths of the manifest for everything that the job makes (the generated input, the target, the outputs) are relative to
   * this folder instead of the project's. It must be in the project.
   */
  readonly dataFolder?: string | undefined;
  /** Rows of the dataset, instead of the manifest's. */
  readonly rows?: number | undefined;
  /** Seed of the dataset, instead of the manifest's. */
  readonly seed?: number | undefined;
  /** Fail where a row was quarantined, or a check warned or was skipped. */
  readonly strict?: boolean | undefined;
  readonly skipChecks?: boolean | undefined;
  /** The run outlives this process: where that is killed, any command takes it up again. What the driver prints is then in the run's folder alone. */
  readonly detached?: boolean | undefined;
  /** Takes what the driver prints, as it comes. Until it settles the driver is held back. */
  readonly onStdout?: TakeOutput | undefined;
  readonly onStderr?: TakeOutput | undefined;
}

/** The words of a submission by which it can be repeated. */
export type KeptRequest = Omit<SubmitRequest, 'detached' | 'onStdout' | 'onStderr'>;
