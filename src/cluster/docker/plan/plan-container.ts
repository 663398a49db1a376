import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { ComposeFile } from '../compose/compose-file.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import { containerName, objectName } from './cluster-names.ts';
import type { ClusterService } from './cluster-services.ts';
import type { ContainerSpec } from './container-spec.ts';
import { label, serviceLabels } from './labels.ts';

interface ContainerFacts {
  readonly file: ComposeFile;
  readonly composeProject: string;
  readonly projectFolder: string;
  readonly service: ClusterService;
  readonly number: number;
  /** Where a variable of a service has no value of its own: Compose takes it from its environment. */
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
  const node = role === 'worker' ? `worker-${number}` : role;
  const base = dirname(file.path);
  const values = Object.entries(service.environment).map(
    ([name, value]) => [name, value ?? environment[name]] as const,
  );
  const own = Object.entries(service.labels).map(([name, value]) => [name, value ?? ''] as const);
  return {
    name: containerName(composeProject, service.name, number),
    node,
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
        oneOff: role === 'driver',
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

/** A fingerprint of all that a container is made from: another one means that it has to be made anew. */
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
