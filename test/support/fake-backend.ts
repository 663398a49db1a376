import type { ClusterBackend } from '../../src/cluster/backend.ts';
import type { ClusterPlan, ClusterStatus } from '../../src/cluster/cluster.ts';
import type { DriverExit, DriverLaunch } from '../../src/cluster/driver.ts';
import type { OperationContext } from '../../src/cluster/operation-context.ts';
import type { BackendKind } from '../../src/cluster/registry.ts';
import type { SparkctlError } from '../../src/system/errors/sparkctl-error.ts';

interface FakeOptions {
  readonly kind?: BackendKind;
  /** The reason why no cluster can be made. */
  readonly obstacle?: SparkctlError;
  /** Plays the driver: what it prints, what it writes, how it ends. */
  readonly drive?: (launch: DriverLaunch, signal: AbortSignal) => Promise<DriverExit>;
  /** Says that it needs the Java and the Spark of this machine. */
  readonly usesInstallation?: boolean;
  /** Fails the start of a cluster. */
  readonly failUp?: SparkctlError;
}

/** A backend without Spark, whose clusters are entries of a map: for what an operation decides, not for what Spark does. */
export class FakeBackend implements ClusterBackend {
  readonly kind: BackendKind;
  readonly usesInstallation: boolean;
  /** The calls that changed something, in order: `up default`, `down default`, `scale default 3`, `drive default`. */
  readonly calls: string[] = [];
  readonly clusters = new Map<string, ClusterPlan>();
  readonly launches: DriverLaunch[] = [];
  readonly #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.kind = options.kind ?? 'local';
    this.usesInstallation = options.usesInstallation ?? false;
    this.#options = options;
  }

  async obstacle() {
    return this.#options.obstacle;
  }

  async up(plan: ClusterPlan) {
    this.calls.push(`up ${plan.name}`);
    if (this.#options.failUp) throw this.#options.failUp;
    const changed = this.clusters.get(plan.name)?.workers !== plan.workers;
    this.clusters.set(plan.name, plan);
    return { status: statusOf(plan, this.kind), changed };
  }

  async down(name: string) {
    this.calls.push(`down ${name}`);
    return this.clusters.delete(name);
  }

  async scale(name: string, workers: number) {
    this.calls.push(`scale ${name} ${workers}`);
    const plan = { ...this.#planOf(name), workers };
    this.clusters.set(name, plan);
    return statusOf(plan, this.kind);
  }

  async status(name: string) {
    const plan = this.clusters.get(name);
    return plan && statusOf(plan, this.kind);
  }

  async list() {
    return [...this.clusters.values()].map((plan) => statusOf(plan, this.kind));
  }

  async *logs(name: string, node: string) {
    yield `${node} of ${name}`;
  }

  async connect(name: string) {
    return { master: `spark://${name}:7077`, properties: { 'spark.fake': name }, secrets: ['fake-secret'] };
  }

  async preview({ name }: ClusterPlan) {
    return await this.connect(name);
  }

  async startDriver(name: string, launch: DriverLaunch, { signal }: OperationContext) {
    this.calls.push(`drive ${name}`);
    this.launches.push(launch);
    const stopped = new AbortController();
    const drive = this.#options.drive ?? (async () => ({ exitCode: 0 }));
    const exited = drive(launch, AbortSignal.any([signal, stopped.signal]));
    exited.catch(() => {});
    return {
      id: 'fake',
      exited,
      stop: async () => {
        this.calls.push(`stop ${name}`);
        stopped.abort();
        await exited.catch(() => {});
      },
    };
  }

  async reclaim() {
    return [];
  }

  #planOf(name: string): ClusterPlan {
    const plan = this.clusters.get(name);
    if (plan === undefined) throw new Error(`there is no cluster ${name}`);
    return plan;
  }
}

function statusOf(plan: ClusterPlan, backend: BackendKind): ClusterStatus {
  const { workers, ...rest } = plan;
  return {
    ...rest,
    backend,
    state: 'running',
    master: `spark://${plan.name}:7077`,
    workers: { wanted: workers, alive: workers },
    links: { master: 'http://127.0.0.1:8080', history: 'http://127.0.0.1:18080' },
    nodes: [],
  };
}

/** A driver that goes on until it is stopped. */
export async function endlessDriver(_launch: DriverLaunch, signal: AbortSignal): Promise<DriverExit> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return { exitCode: 143, signal: 'SIGTERM' };
}
