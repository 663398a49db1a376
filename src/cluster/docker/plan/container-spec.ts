import type { NodeRole } from '../../cluster-status.ts';
import type { ComposePort } from '../compose/compose-port.ts';

export interface Mount {
  readonly type: 'bind' | 'volume';
  /** A path of this host, or a volume's name; undefined: a volume of this container alone. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** One container as it shall be, complete: whoever makes it decides nothing. */
export interface ContainerSpec {
  readonly name: string;
  /** `master`, `worker-1`, `history`, `driver-<run>`. */
  readonly node: string;
  readonly role: NodeRole;
  readonly service: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly hostname?: string;
  readonly workingFolder?: string;
  readonly init: boolean;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly ports: readonly ComposePort[];
  readonly network: string;
  readonly networkAliases: readonly string[];
  readonly extraHosts: readonly string[];
  readonly restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  readonly memoryBytes?: number;
  readonly memorySwapBytes?: number;
  readonly shmBytes?: number;
  readonly cpus?: number;
  readonly pidsLimit?: number;
}

export interface NetworkSpec {
  readonly name: string;
  readonly driver?: string;
  readonly internal?: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface VolumeSpec {
  readonly name: string;
  readonly driver?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Everything that makes up a cluster in Docker. */
export interface ClusterSpec {
  readonly composeProject: string;
  readonly networks: readonly NetworkSpec[];
  readonly volumes: readonly VolumeSpec[];
  readonly containers: readonly ContainerSpec[];
}
