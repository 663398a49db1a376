import type { SparkInstallation } from '../spark/installation.ts';
import type { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { Emit } from '../system/event.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { ClusterConnection, DriverLaunch, RunningDriver } from './driver.ts';
import type { BackendKind } from './registry.ts';

/** Settings that stand above the variables of the environment with the same meaning. */
export interface Settings {
  /** An existing image, instead of SPARK_IMAGE or the one that sparkctl builds. */
  readonly image?: string | undefined;
  /** The certificates of a TLS-intercepting proxy, instead of SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and PIP_CERT. */
  readonly caBundle?: string | undefined;
}

/** The surroundings of every operation. Nothing is read from globals, so that a test or a program can pass its own. */
export interface BackendContext {
  /** The project's folder, absolute: clusters live under `<project>/.sparkctl/clusters/<name>/`. */
  readonly project: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  readonly emit: Emit;
  /** Java and the runtime of this machine, found at most once. */
  readonly spark: SparkInstallation;
  /** Aborted by Ctrl-C, SIGTERM or a timeout: whatever was started by the call is then stopped again. */
  readonly signal: AbortSignal;
  /** Backends instead of those of the registry, for programs and tests that bring their own. */
  readonly backends?: Partial<Readonly<Record<BackendKind, ClusterBackend>>> | undefined;
  /** The run on whose behalf this is done; a person's own command has none. */
  readonly run?: string | undefined;
}

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
  obstacle(context: BackendContext): Promise<SparkctlError | undefined>;
  /**
   * Makes the cluster as planned, or brings the one of that name to the plan; a run takes one that is up as it is. On failure
   * nothing of it is left. A cluster that runs use is not changed: `ClusterInUse` is thrown, also by `down` and `scale`.
   */
  up(plan: ClusterPlan, context: BackendContext): Promise<UpOutcome>;
  /** Stops and removes everything of the cluster. False when there was none. Waits until nothing is left. */
  down(name: string, context: BackendContext): Promise<boolean>;
  /** Adds or removes workers until there are `workers`. */
  scale(name: string, workers: number, context: BackendContext): Promise<ClusterStatus>;
  /** The state of a cluster now, asked of its real endpoints; undefined when there is none of that name. */
  status(name: string, context: BackendContext): Promise<ClusterStatus | undefined>;
  /** The clusters of this project, dead ones included. */
  list(context: BackendContext): Promise<readonly ClusterStatus[]>;
  /** The lines of a node's log from its beginning; with `follow` until the signal aborts. */
  logs(name: string, node: string, follow: boolean, context: BackendContext): AsyncIterable<string>;
  connect(name: string, context: BackendContext): Promise<ClusterConnection>;
  /** Predicts what `connect` will say of a cluster that is not there yet, for a dry run. Starts and writes nothing. */
  preview(plan: ClusterPlan, context: BackendContext): Promise<ClusterConnection>;
  startDriver(name: string, launch: DriverLaunch, context: BackendContext): Promise<RunningDriver>;
  /** Ends and removes ephemeral clusters whose sparkctl process is dead. Returns their names. */
  reclaim(context: BackendContext): Promise<readonly string[]>;
}
