import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from './container-spec.ts';

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
