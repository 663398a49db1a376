import type { BackendKind } from './registry.ts';
import type { NodeRole } from './roles.ts';

/** One process or container of a cluster, as found now. */
export interface NodeStatus {
  /** `master`, `worker-1`, `worker-2`, …, `history`, `driver-<run>`. */
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
  readonly links: { readonly master: string; readonly history: string };
  readonly nodes: readonly NodeStatus[];
}
