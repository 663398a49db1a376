import { describe } from 'vitest';
import type { BackendContext } from '../../src/cluster/backend.ts';
import { connectDocker, type Daemon } from '../../src/cluster/docker/daemon/connect-docker.ts';
import type { SparkctlEvent } from '../../src/events/event.ts';

const found = await connectDocker(process.env).then(
  (daemon) => ({ daemon, reason: '' }),
  (error: unknown) => ({ daemon: undefined, reason: error instanceof Error ? error.message : String(error) }),
);

/**
 * Tests that need a Docker daemon. Without one they are skipped, and say so; where CI is set they fail instead, so that
 * they cannot be missing there unnoticed.
 */
export function describeDocker(name: string, body: () => void): void {
  if (found.daemon !== undefined || process.env['CI']) return describe(name, body);
  process.stderr.write(`SKIPPED: ${name}. ${found.reason}\n`);
  describe.skip(`${name} (${found.reason})`, body);
}

export function daemon(): Daemon {
  if (found.daemon === undefined) throw new Error(found.reason);
  return found.daemon;
}

/** A context for one project, with all that was told. */
export function contextOf(
  project: string,
  environment: BackendContext['environment'] = process.env,
): BackendContext & { readonly events: SparkctlEvent[]; readonly controller: AbortController } {
  const events: SparkctlEvent[] = [];
  const controller = new AbortController();
  return {
    project,
    environment,
    events,
    controller,
    signal: controller.signal,
    emit: (event) => events.push(event),
  };
}

/** Every container, network and volume that carries a project's label, whichever cluster it is of. */
export async function leftovers(project: string): Promise<readonly string[]> {
  const filters = { label: [`sparkctl.project=${project}`] };
  const [containers, networks, volumes] = await daemon().ask('what is left', (docker) =>
    Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]),
  );
  return [
    ...containers.map(({ Names }) => Names.join()),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ];
}

export async function inspect(id: string) {
  return await daemon().ask('a container', (docker) => docker.getContainer(id).inspect());
}

export async function killContainer(id: string): Promise<void> {
  await daemon().ask('a kill', (docker) => docker.getContainer(id).kill());
}
