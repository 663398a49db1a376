import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { Emit } from '../../../system/event.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { createOptions } from '../plan/create-options.ts';
import { portIsFree } from './port-is-free.ts';
import { removeContainer } from './remove-container.ts';

/** Makes a container, as yet not started. A usual port that is taken is left out: Docker then chooses a free one. */
export async function createContainer(daemon: Daemon, spec: ContainerSpec, emit: Emit): Promise<string> {
  const taken = new Set<number>();
  for (const { hostPort, address } of spec.ports) {
    if (hostPort !== undefined && !(await portIsFree(hostPort, address ?? '0.0.0.0'))) taken.add(hostPort);
  }
  for (const port of taken) emit({ kind: 'port-taken', port, node: spec.node });
  return await createWith(daemon, spec, (wanted) =>
    wanted === undefined || taken.has(wanted) ? undefined : wanted,
  );
}

async function createWith(
  daemon: Daemon,
  spec: ContainerSpec,
  hostPort: (wanted: number | undefined) => number | undefined,
): Promise<string> {
  const { id } = await daemon.ask(`the container ${spec.name}`, (docker) =>
    docker.createContainer(createOptions(spec, hostPort)),
  );
  return id;
}

/** Makes and starts a container; its id. Between the look at a port and the start another program may take it: then any port will do. */
export async function startContainer(daemon: Daemon, spec: ContainerSpec, emit: Emit): Promise<string> {
  const id = await createContainer(daemon, spec, emit);
  try {
    await daemon.ask(`the start of ${spec.name}`, (docker) => docker.getContainer(id).start());
    return id;
  } catch (error) {
    await removeContainer(daemon, id, 0);
    if (!(error instanceof SparkctlError) || error.code !== 'port-taken') throw error;
  }
  const second = await createWith(daemon, spec, () => undefined);
  await daemon.ask(`the start of ${spec.name}`, (docker) => docker.getContainer(second).start());
  return second;
}
