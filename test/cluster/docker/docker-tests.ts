import { describe } from 'vitest';
import { containerLogs } from '../../../src/cluster/docker/containers.ts';
import { connectDocker, type Daemon } from '../../../src/cluster/docker/daemon.ts';
import { ensureImage } from '../../../src/cluster/docker/image/ensure-image.ts';
import { planningOf } from '../../../src/cluster/docker/plan/planning.ts';
import type { OperationContext } from '../../../src/cluster/operation-context.ts';
import type { SparkctlEvent } from '../../../src/system/event.ts';
import { testContext } from '../../support/test-context.ts';

const found = await connectDocker(process.env).then(
  (daemon) => ({ daemon, reason: '' }),
  (error: unknown) => ({ daemon: undefined, reason: error instanceof Error ? error.message : String(error) }),
);

/** True where a daemon is there, or, where CI is set, must be. */
export const dockerIsExpected = found.daemon !== undefined || Boolean(process.env['CI']);

/**
 * Tests that need a Docker daemon. Without one they are skipped, and say so; where CI is set they fail instead, so that
 * they cannot be missing there unnoticed.
 */
export function describeDocker(name: string, body: () => void): void {
  if (dockerIsExpected) {
    describe(name, body);
  } else {
    process.stderr.write(`SKIPPED: ${name}. ${found.reason}\n`);
    describe.skip(`${name} (${found.reason})`, body);
  }
}

export function daemon(): Daemon {
  if (found.daemon === undefined) throw new Error(found.reason);
  return found.daemon;
}

/** A context for one project, with all that was told. */
export function contextOf(
  project: string,
  environment: OperationContext['environment'] = process.env,
): OperationContext & { readonly events: SparkctlEvent[]; readonly controller: AbortController } {
  const events: SparkctlEvent[] = [];
  const controller = new AbortController();
  const parts = {
    environment,
    signal: controller.signal,
    emit: (event: SparkctlEvent) => events.push(event),
  };
  return { ...testContext(project, parts), events, controller };
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

/** The name of the image that sparkctl builds, built where it is not there. */
export async function builtImage(): Promise<string> {
  const context = contextOf('/nowhere');
  const plan = {
    name: 'x',
    workers: 1,
    workerCores: 1,
    workerMemoryMb: 1024,
    ephemeral: false,
    connect: false,
  };
  const { file, services } = await planningOf(plan, { uid: 1001 }, undefined, context);
  return (await ensureImage(daemon(), file, services, context)).name;
}

interface ContainerWishes {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly binds?: readonly string[];
}

/** Runs a container by itself, as careful as those of a cluster, to its end; or until `until` has looked at it. */
export async function runContainer(
  { image, command = [], environment = {}, user = '1001:0', binds = [] }: ContainerWishes,
  until?: (id: string) => Promise<void>,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  return await daemon().ask('a container', async (docker) => {
    const container = await docker.createContainer({
      Image: image,
      Cmd: [...command],
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      User: user,
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Tmpfs: { '/tmp': 'exec,mode=1777' },
        Binds: [...binds],
      },
    });
    try {
      await container.start();
      await until?.(container.id);
      const { StatusCode: exitCode } = await container.wait();
      const lines: string[] = [];
      const signal = new AbortController().signal;
      for await (const line of containerLogs(daemon(), container.id, { follow: false, signal }))
        lines.push(line);
      return { exitCode, output: lines.join('\n') };
    } finally {
      await container.remove({ force: true });
    }
  });
}
