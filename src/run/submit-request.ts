import type { ClusterRequest } from '../cluster/choose-cluster.ts';
import type { GivenSparkOption } from '../spark/spark-submit.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';

/** One `sparkctl submit`, as the command line or a program asks for it. */
export interface SubmitRequest {
  /** A script, a jar or a manifest. */
  readonly application: string;
  readonly applicationArguments: readonly string[];
  readonly sparkOptions: readonly GivenSparkOption[];
  /** Relative paths are relative to it; the driver's working folder. */
  readonly workingFolder: string;
  readonly useManifest: boolean;
  readonly wish: ClusterRequest;
  /** Leave a cluster that was made for the run. */
  readonly keep: boolean;
  /** Wait for a run that holds the input or the target, instead of ending. */
  readonly wait?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Instead of the dataset's own numbers. */
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
  /** Any quarantined row is a failure. */
  readonly strict: boolean;
  readonly skipChecks: boolean;
  /** What the driver prints, as it comes. Until it settles the driver is held back. */
  readonly onStdout?: TakeOutput;
  readonly onStderr?: TakeOutput;
}
