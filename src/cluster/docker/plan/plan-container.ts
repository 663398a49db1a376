import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { ContainerCreateOptions } from 'dockerode';
import { type NodeRole, nodeName, roles } from '../../roles.ts';
import type { ComposeFile, ComposePort } from '../compose/compose-schema.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import { containerName, label, objectName, serviceLabels } from './labels.ts';
import type { ClusterService } from './planning.ts';

interface Mount {
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
  readonly cluster: string;
  readonly composeProject: string;
  readonly networks: readonly NetworkSpec[];
  readonly volumes: readonly VolumeSpec[];
  readonly containers: readonly ContainerSpec[];
}

interface ContainerFacts {
  readonly file: ComposeFile;
  readonly composeProject: string;
  readonly projectFolder: string;
  readonly service: ClusterService;
  readonly number: number;
  /** The source of variables that have no value in the file, as for Compose. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The container that a service of the Compose file describes, without the labels of what it will finally be. */
export function planContainer({
  file,
  composeProject,
  projectFolder,
  service,
  number,
  environment,
}: ContainerFacts): ContainerSpec {
  const { role } = service;
  const base = dirname(file.path);
  const values = Object.entries(service.environment).map(
    ([name, value]) => [name, value ?? environment[name]] as const,
  );
  const own = Object.entries(service.labels).map(([name, value]) => [name, value ?? ''] as const);
  return {
    name: containerName(composeProject, service.name, number),
    node: nodeName(role, number),
    role,
    service: service.name,
    image: service.image,
    ...(service.entrypoint === undefined ? {} : { entrypoint: service.entrypoint }),
    ...(service.command === undefined ? {} : { command: service.command }),
    environment: Object.fromEntries(
      values.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
    ),
    labels: {
      ...Object.fromEntries(own),
      [label.role]: role,
      ...serviceLabels({
        composeProject,
        projectFolder,
        composePath: file.path,
        service: service.name,
        number,
        oneOff: roles[role].count === 'each-run',
        configHash: '',
      }),
    },
    ...(service.user === undefined ? {} : { user: service.user }),
    ...(service.hostname === undefined ? {} : { hostname: service.hostname }),
    ...(service.working_dir === undefined ? {} : { workingFolder: service.working_dir }),
    init: service.init ?? false,
    readOnly: service.read_only ?? false,
    capAdd: service.cap_add,
    capDrop: service.cap_drop,
    securityOptions: service.security_opt,
    tmpfs: Object.fromEntries(service.tmpfs.map(({ path, options }) => [path, options])),
    mounts: service.volumes.map(({ type, source, target, readOnly }) => ({
      type,
      target,
      readOnly,
      ...(source === undefined
        ? {}
        : { source: type === 'bind' ? resolve(base, source) : objectName(composeProject, source) }),
    })),
    ports: service.ports,
    network: objectName(composeProject, service.networks[0] ?? 'default'),
    networkAliases: [service.name],
    extraHosts: service.extra_hosts,
    restart: service.restart,
    ...(service.mem_limit === undefined ? {} : { memoryBytes: service.mem_limit }),
    ...(service.memswap_limit === undefined ? {} : { memorySwapBytes: service.memswap_limit }),
    ...(service.shm_size === undefined ? {} : { shmBytes: service.shm_size }),
    ...(service.cpus === undefined ? {} : { cpus: service.cpus }),
    ...(service.pids_limit === undefined ? {} : { pidsLimit: service.pids_limit }),
  };
}

/**
 * Closes what sparkctl keeps in the project to a container that sees the project, but for some folders and files in it. A
 * mount can be neither renamed nor removed inside of the container: no script can put a link in the place of a run's
 * folder, through which this process, which may be root's, would then write.
 */
export function closeState(
  spec: ContainerSpec,
  { state }: Pick<ClusterFolders, 'state'>,
  open: readonly string[],
): ContainerSpec {
  const seesProject = spec.mounts.some(
    ({ type, target }) => type === 'bind' && `${dirname(state)}/`.startsWith(target.replace(/\/*$/, '/')),
  );
  if (!seesProject) return spec;
  const bind = (path: string, readOnly: boolean) =>
    ({ type: 'bind', source: path, target: path, readOnly }) as const;
  return { ...spec, mounts: [...spec.mounts, bind(state, true), ...open.map((path) => bind(path, false))] };
}

/** A fingerprint of all that a container is made from: another one means that it has to be made again. */
export function configHash(spec: ContainerSpec): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(spec)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A container's description as Docker's interface takes it. `hostPort` says which free port stands in for one that is taken. */
export function createOptions(
  spec: ContainerSpec,
  hostPort: (wanted: number | undefined) => number | undefined,
): ContainerCreateOptions {
  return {
    name: spec.name,
    Image: spec.image,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    AttachStdout: false,
    AttachStderr: false,
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(spec.workingFolder === undefined ? {} : { WorkingDir: spec.workingFolder }),
    ExposedPorts: Object.fromEntries(spec.ports.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: {
      Init: spec.init,
      ReadonlyRootfs: spec.readOnly,
      CapAdd: [...spec.capAdd],
      CapDrop: [...spec.capDrop],
      SecurityOpt: [...spec.securityOptions],
      Tmpfs: { ...spec.tmpfs },
      Mounts: spec.mounts.map(({ type, source, target, readOnly }) => ({
        Type: type,
        Source: source ?? '',
        Target: target,
        ReadOnly: readOnly,
      })),
      PortBindings: Object.fromEntries(
        spec.ports.map(({ address, hostPort: wanted, containerPort }) => [
          `${containerPort}/tcp`,
          [{ HostIp: address ?? '', HostPort: String(hostPort(wanted) ?? '') }],
        ]),
      ),
      NetworkMode: spec.network,
      ExtraHosts: [...spec.extraHosts],
      RestartPolicy: { Name: spec.restart === 'no' ? '' : spec.restart },
      ...(spec.memoryBytes === undefined ? {} : { Memory: spec.memoryBytes }),
      ...(spec.memorySwapBytes === undefined ? {} : { MemorySwap: spec.memorySwapBytes }),
      ...(spec.shmBytes === undefined ? {} : { ShmSize: spec.shmBytes }),
      ...(spec.cpus === undefined ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
      ...(spec.pidsLimit === undefined ? {} : { PidsLimit: spec.pidsLimit }),
    },
    NetworkingConfig: { EndpointsConfig: { [spec.network]: { Aliases: [...spec.networkAliases] } } },
  };
}
