import type { BackendContext, ClusterBackend, UpOutcome } from './backend.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { ClusterConnection, DriverLaunch, RunningDriver } from './driver.ts';
import type { BackendKind } from './registry.ts';

/**
 * A handle to one cluster: one that runs, one that is to be started, or an external master. Disposing of it takes down a
 * cluster that was started through it for one run or one scope alone, and leaves every other as it is.
 */
export class Cluster implements AsyncDisposable {
  readonly name: string;
  readonly #backend: ClusterBackend;
  readonly #context: BackendContext;
  #ownsCluster = false;
  readonly #onDown: (takeDown: () => Promise<boolean>) => Promise<unknown>;

  /** `onDown` is handed what takes the cluster down when the handle is disposed of, for instance to make a phase of it. */
  constructor(
    backend: ClusterBackend,
    name: string,
    context: BackendContext,
    onDown: (takeDown: () => Promise<boolean>) => Promise<unknown> = (takeDown) => takeDown(),
  ) {
    this.#backend = backend;
    this.name = name;
    this.#context = context;
    this.#onDown = onDown;
  }

  get backend(): BackendKind {
    return this.#backend.kind;
  }

  /** True where drivers run with the Java and the Spark of this machine. */
  get usesInstallation(): boolean {
    return this.#backend.usesInstallation;
  }

  /** Starts the cluster as planned, or brings the one of that name to the plan. */
  async up(plan: ClusterPlan): Promise<UpOutcome> {
    // Set before the start: what a start that fails or is interrupted leaves is this handle's to remove.
    this.#ownsCluster = plan.ephemeral;
    return await this.#backend.up(plan, this.#context);
  }

  /** The state of the cluster, asked of its real endpoints; undefined where it is gone. */
  async status(): Promise<ClusterStatus | undefined> {
    return await this.#backend.status(this.name, this.#context);
  }

  async scale(workers: number): Promise<ClusterStatus> {
    return await this.#backend.scale(this.name, workers, this.#context);
  }

  /** The lines of a node's log; with `follow` until the signal aborts. */
  logs(node: string, follow: boolean): AsyncIterable<string> {
    return this.#backend.logs(this.name, node, follow, this.#context);
  }

  async connect(): Promise<ClusterConnection> {
    return await this.#backend.connect(this.name, this.#context);
  }

  async startDriver(launch: DriverLaunch): Promise<RunningDriver> {
    return await this.#backend.startDriver(this.name, launch, this.#context);
  }

  /** Stops and removes everything of the cluster. False when it was gone already. */
  async down(): Promise<boolean> {
    this.#ownsCluster = false;
    return await this.#backend.down(this.name, this.#context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ownsCluster) return;
    this.#ownsCluster = false;
    // Whatever ended the scope, also a Ctrl-C, the cluster goes: this must not listen to the signal that ended it.
    const context = { ...this.#context, signal: new AbortController().signal };
    await this.#onDown(() => this.#backend.down(this.name, context));
  }
}
