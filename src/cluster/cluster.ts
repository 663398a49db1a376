import type { DriverStart } from '../system/event.ts';
import type { ClusterBackend, UpOutcome } from './backend.ts';
import type { ClusterConnection, DriverLaunch, RunningDriver } from './driver.ts';
import type { OperationContext } from './operation-context.ts';
import { type BackendKind, loadBackend } from './registry.ts';
import type { NodeRole } from './roles.ts';
import { Standbys } from './standby/standbys.ts';

/** A cluster as it was asked for, complete and checked: a backend decides nothing. */
export interface ClusterPlan {
  /** `[a-z0-9][a-z0-9-]*`, unique in the project. */
  readonly name: string;
  readonly workers: number;
  readonly workerCores: number;
  readonly workerMemoryMb: number;
  /** True for a cluster that lives only as long as the run that made it. */
  readonly ephemeral: boolean;
  /** True for a cluster with a Spark Connect server. */
  readonly connect: boolean;
}

/** One process or container of a cluster, as found now. */
export interface NodeStatus {
  /** `master`, `worker-1`, `worker-2`, …, `history`, `connect`, `driver-<run>`. */
  readonly name: string;
  readonly role: NodeRole;
  /**
   * `registered` is said of a worker that the master calls ALIVE; `running` of one that it does not know (yet);
   * `elsewhere` of a process that cannot be seen from here.
   */
  readonly state: 'running' | 'registered' | 'gone' | 'elsewhere';
  /** The process id, or the short container id. */
  readonly id: string;
  /** A link that opens on this host, where the node has a page. */
  readonly url?: string;
  /** The reason why it is gone, where that is known: exit code, out of memory. */
  readonly reason?: string;
}

/** The cores and the memory of a cluster's living workers, and the applications that its master knows. */
export interface ClusterResources {
  readonly cores: number;
  readonly freeCores: number;
  readonly memoryMb: number;
  /** One number for each worker: an executor lies on one. */
  readonly freeMemoryMb: readonly number[];
  readonly applications: readonly {
    readonly id: string;
    readonly name: string;
    /** Those that it has been given, 0 while it waits. */
    readonly cores: number;
    readonly executorMemoryMb: number;
  }[];
}

export interface ClusterStatus {
  readonly name: string;
  readonly backend: BackendKind;
  /**
   * `running`: every node is there. `degraded`: some are not. `elsewhere`: it runs on another host or in another PID
   * namespace, nothing more can be said of it from here, and nothing is done to it.
   */
  readonly state: 'running' | 'degraded' | 'elsewhere';
  readonly ephemeral: boolean;
  readonly master: string;
  readonly workers: { readonly wanted: number; readonly alive: number };
  readonly workerCores: number;
  readonly workerMemoryMb: number;
  readonly links: {
    readonly master: string;
    readonly history: string;
    /** The `sc://` link for Spark Connect clients, where the cluster has a server for them. It holds the server's token. */
    readonly connect?: string;
  };
  readonly nodes: readonly NodeStatus[];
  /** Missing while the master does not answer. */
  readonly resources?: ClusterResources;
  /** The driver that waits for the next submission; not asked of every cluster. */
  readonly standby?: { readonly state: 'ready' | 'starting' | 'none' };
}

/** Called with the function that takes a cluster down when its handle is disposed of, for instance to make a phase of it. */
type OnDown = (takeDown: () => Promise<boolean>) => Promise<unknown>;

/**
 * A handle to one cluster: one that runs, one that is to be started, or an external master. Disposing of it takes down a
 * cluster that was started through it for one run or one scope alone, and leaves every other as it is.
 */
export class Cluster implements AsyncDisposable {
  readonly name: string;
  readonly #backend: ClusterBackend;
  readonly #context: OperationContext;
  #ownsCluster = false;
  #next: Parameters<Standbys['prepare']>[0] | undefined;
  readonly #onDown: OnDown;

  private constructor(backend: ClusterBackend, name: string, context: OperationContext, onDown: OnDown) {
    this.#backend = backend;
    this.name = name;
    this.#context = context;
    this.#onDown = onDown;
  }

  /** A handle to the cluster of this name, whether it exists yet or not. For an external master the name is its URL. */
  static async of(
    kind: BackendKind,
    name: string,
    context: OperationContext,
    onDown: OnDown = (takeDown) => takeDown(),
  ): Promise<Cluster> {
    return new Cluster(await loadBackend(kind, context), name, context, onDown);
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
    // Made before the lock of the cluster is taken: the first time it takes minutes.
    if (this.usesInstallation) await this.#context.spark.versions();
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

  /** The standby drivers of the cluster; undefined where the backend has none. */
  get standbys(): Standbys | undefined {
    const { standbys } = this.#backend;
    return standbys && new Standbys(standbys, this.name, this.#context);
  }

  /** Gives the launch to the standby driver that waits for one like it, or starts a driver for it. */
  async startDriver(
    launch: DriverLaunch,
  ): Promise<{ readonly driver: RunningDriver; readonly start: DriverStart }> {
    const { standbys } = this;
    const taken =
      standbys === undefined || this.#ownsCluster
        ? ({ why: this.#ownsCluster ? 'cluster-of-run' : 'no-standbys' } as const)
        : await standbys.take(launch);
    if ('driver' in taken) return taken;
    const driver = await this.#backend.startDriver(this.name, launch, this.#context);
    return { driver, start: { start: 'cold', reason: taken } };
  }

  /** Finds the driver that another process has started for a detached run; undefined where nothing is left of it. */
  async takeUpDriver(launch: DriverLaunch): Promise<RunningDriver | undefined> {
    const driver = await this.standbys?.takeUp(launch);
    return driver ?? (await this.#backend.takeUpDriver?.(this.name, launch, this.#context));
  }

  /**
   * Notes that the next standby driver is to be made like this launch. Disposing of the handle begins to make it: what is done
   * until then, such as checks, has the machine for itself.
   */
  prepareStandby(launch: Parameters<Standbys['prepare']>[0]): void {
    if (!this.#ownsCluster) this.#next = launch;
  }

  /** Stops and removes everything of the cluster. False when it was gone already. */
  async down(): Promise<boolean> {
    this.#ownsCluster = false;
    return await this.#backend.down(this.name, this.#context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#next !== undefined && !this.#context.signal.aborted)
      await this.standbys?.prepare(this.#next, () => this.status());
    if (!this.#ownsCluster) return;
    this.#ownsCluster = false;
    // Whatever ended the scope, also a Ctrl-C, the cluster goes: this must not listen to the signal that ended it.
    const context = { ...this.#context, signal: new AbortController().signal };
    await this.#onDown(() => this.#backend.down(this.name, context));
  }
}
