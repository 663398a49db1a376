import type { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { ClusterPlan, ClusterStatus } from './cluster.ts';
import type { ClusterConnection, DriverLaunch, RunningDriver } from './driver.ts';
import type { OperationContext } from './operation-context.ts';
import type { BackendKind } from './registry.ts';
import type { StandbyKeeper } from './standby/standby-keeper.ts';

export interface UpOutcome {
  readonly status: ClusterStatus;
  /** False when the cluster was there already, exactly as planned. */
  readonly changed: boolean;
}

/**
 * One way to make a cluster. To add one: a folder beside `local/` that exports an object of this type, and a
 * line in `registry.ts`; `test/cluster/backend-contract.ts` says what it must do.
 */
export interface ClusterBackend {
  readonly kind: BackendKind;
  /** True where drivers run with the Java and the Spark of this machine, and not with those of an image. */
  readonly usesInstallation: boolean;
  /** The reason why no cluster can be made this way on this machine, such as no Java or no daemon; undefined when one can. */
  obstacle(context: OperationContext): Promise<SparkctlError | undefined>;
  /**
   * Makes the cluster as planned, or brings the one of that name to the plan; a run takes one that is up as it is. On failure
   * nothing of it is left. A cluster that runs use is not changed: `ClusterInUse` is thrown, also by `down` and `scale`.
   */
  up(plan: ClusterPlan, context: OperationContext): Promise<UpOutcome>;
  /** Stops and removes everything of the cluster. False when there was none. Waits until nothing is left. */
  down(name: string, context: OperationContext): Promise<boolean>;
  /** Adds or removes workers until there are `workers`. */
  scale(name: string, workers: number, context: OperationContext): Promise<ClusterStatus>;
  /** The state of a cluster now, asked of its real endpoints; undefined when there is none of that name. */
  status(name: string, context: OperationContext): Promise<ClusterStatus | undefined>;
  /** The clusters of this project, dead ones included. */
  list(context: OperationContext): Promise<readonly ClusterStatus[]>;
  /** The lines of a node's log from its beginning; with `follow` until the signal aborts. */
  logs(name: string, node: string, follow: boolean, context: OperationContext): AsyncIterable<string>;
  connect(name: string, context: OperationContext): Promise<ClusterConnection>;
  /** Predicts what `connect` will say of a cluster that is not there yet, for a dry run. Starts and writes nothing. */
  preview(plan: ClusterPlan, context: OperationContext): Promise<ClusterConnection>;
  startDriver(name: string, launch: DriverLaunch, context: OperationContext): Promise<RunningDriver>;
  /**
   * Finds the driver that another process has started for a detached run, also one that has ended meanwhile; undefined where
   * nothing is left of it. A backend without this leaves such a run lost.
   */
  takeUpDriver?(
    name: string,
    launch: DriverLaunch,
    context: OperationContext,
  ): Promise<RunningDriver | undefined>;
  /** Standby drivers, where the backend has them. */
  readonly standbys?: StandbyKeeper;
  /** Ends and removes ephemeral clusters whose sparkctl process is dead. Returns their names. The drivers of `runs` are left alone. */
  reclaim(context: OperationContext, runs?: ReadonlySet<string>): Promise<readonly string[]>;
}
