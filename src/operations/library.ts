import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { ClusterRequest } from '../cluster/choose-cluster.ts';
import type { Cluster, ClusterStatus } from '../cluster/cluster.ts';
import { type OperationContext, operationContext } from '../cluster/operation-context.ts';
import type { SubmitRequest } from '../run/plan/submit-request.ts';
import type { SparkctlEvent } from '../system/event.ts';
import { projectFolder } from './context.ts';
import { EventHistory } from './event-history.ts';
import { type RunResult, runResult } from './run-result.ts';
import { startScopedCluster } from './scoped-cluster.ts';
import { submit } from './submit.ts';

/** The surroundings of a call of the library. Each has a default. */
export interface LibraryOptions {
  /** Default: the project that the working folder of the process belongs to. */
  readonly project?: string | undefined;
  /** Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Stops what the call has started when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every event as it happens. */
  readonly onEvent?: ((event: SparkctlEvent) => void) | undefined;
  /** Backends instead of sparkctl's own. */
  readonly backends?: OperationContext['backends'];
  /** An image that is there, instead of the one that sparkctl builds (Docker). */
  readonly image?: string | undefined;
  /** A file with the certificates of a TLS-intercepting proxy. Default: SSL_CERT_FILE, NODE_EXTRA_CA_CERTS. */
  readonly caBundle?: string | undefined;
}

/** The options of a cluster that is to be started: 2 workers of 1 core and 1,024 MiB unless they say otherwise. */
export interface StartOptions extends LibraryOptions, Omit<ClusterRequest, 'cluster'> {
  /** Default: a name that no other cluster has. */
  readonly name?: string | undefined;
}

/** The options of a submission. Each has a default; the cluster is found or made as by `sparkctl submit`. */
export interface SubmitOptions extends LibraryOptions, Omit<SubmitRequest, 'application'> {}

/** A submission that goes on: a promise of its result, with its events as they come. */
export type SubmittedRun = Promise<RunResult> & { readonly events: AsyncIterable<SparkctlEvent> };

/** The process that a program runs in, as far as defaults come from it. */
export interface Entry {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Submits a job. Mistakes that stand before a run, such as a script that is missing, reject with a `SparkctlError`. */
export function submitWith(application: string, options: SubmitOptions, entry: Entry): SubmittedRun {
  const history = new EventHistory();
  const { workingFolder = entry.workingFolder, ...rest } = options;
  const emit = (event: SparkctlEvent) => {
    history.add(event);
    options.onEvent?.(event);
  };
  const context = contextOf({ ...options, onEvent: emit }, entry);
  const result = submit({ ...rest, application, workingFolder }, context)
    .then((record) => runResult(record, history.events))
    .finally(() => history.end());
  // A caller that reads the events first awaits the result later.
  result.catch(() => {});
  return Object.assign(result, { events: history });
}

/** The things beside the cluster itself that a handle to one is made of. */
interface HandleParts {
  readonly options: LibraryOptions;
  readonly entry: Entry;
  /** Called once the handle is disposed of. */
  readonly release?: () => Promise<void>;
}

/** A cluster that was started by `startCluster`. It goes away with its scope (`await using`), and after a crash with the next command. */
export class StartedCluster implements AsyncDisposable {
  readonly name: string;
  readonly backend: string;
  /** The URL for `--master`, as drivers on this cluster see it. */
  readonly master: string;
  /** The pages of master and history server. */
  readonly links: ClusterStatus['links'];
  readonly #cluster: Cluster;
  readonly #options: LibraryOptions;
  readonly #entry: Entry;
  readonly #release: HandleParts['release'];

  private constructor(cluster: Cluster, status: ClusterStatus, { options, entry, release }: HandleParts) {
    this.name = cluster.name;
    this.backend = cluster.backend;
    this.master = status.master;
    this.links = status.links;
    this.#cluster = cluster;
    this.#options = options;
    this.#entry = entry;
    this.#release = release;
  }

  /** A handle to a cluster that runs. */
  static of(cluster: Cluster, status: ClusterStatus, parts: HandleParts): StartedCluster {
    return new StartedCluster(cluster, status, parts);
  }

  static async start(options: StartOptions, entry: Entry): Promise<StartedCluster> {
    const name = options.name ?? `scope-${randomBytes(4).toString('hex')}`;
    const { cluster, status } = await startScopedCluster(name, options, contextOf(options, entry));
    return new StartedCluster(cluster, status, { options, entry });
  }

  /** Submits a job to this cluster. */
  submit(application: string, options: Omit<SubmitOptions, 'cluster' | 'keep'> = {}): SubmittedRun {
    const { name: cluster, backend } = this.#cluster;
    return submitWith(
      application,
      { ...this.#options, ...options, cluster: { cluster, backend } },
      this.#entry,
    );
  }

  /** The state of the cluster now; undefined where it is gone. */
  async status(): Promise<ClusterStatus | undefined> {
    return await this.#cluster.status();
  }

  async scale(workers: number): Promise<ClusterStatus> {
    return await this.#cluster.scale(workers);
  }

  /** The lines of the log of a node (`master`, `worker-1`, …, `history`); with `follow` until the signal of the cluster aborts. */
  logs(node: string, { follow = false }: { readonly follow?: boolean } = {}): AsyncIterable<string> {
    return this.#cluster.logs(node, follow);
  }

  /** Takes the cluster down. False when it was gone already. */
  async down(): Promise<boolean> {
    return await this.#cluster.down();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
    await this.#release?.();
  }
}

/** Fills the options of a call in to a context. */
export function contextOf(options: LibraryOptions, entry: Entry): OperationContext {
  const { project, image, caBundle, environment = entry.environment } = options;
  const inFolder = (path: string) => resolve(entry.workingFolder, path);
  return operationContext({
    project: project === undefined ? projectFolder(entry.workingFolder) : inFolder(project),
    environment,
    emit: options.onEvent ?? (() => {}),
    signal: options.signal ?? new AbortController().signal,
    settings: { image, caBundle: caBundle === undefined ? undefined : inFolder(caBundle) },
    ...(options.backends && { backends: options.backends }),
  });
}
