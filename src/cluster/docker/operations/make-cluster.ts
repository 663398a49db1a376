import { inPhase } from '../../../system/phase.ts';
import type { BackendContext } from '../../backend.ts';
import { type FoundContainer, findCluster } from '../containers/find-containers.ts';
import { removeContainer } from '../containers/remove-container.ts';
import { startContainer } from '../containers/start-container.ts';
import type { Daemon } from '../daemon/connect-docker.ts';
import { compareCluster } from '../plan/compare-cluster.ts';
import type { ClusterSpec, NetworkSpec, VolumeSpec } from '../plan/container-spec.ts';
import { composeLabel } from '../plan/labels.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const graceMs = 2_000;

interface Made {
  readonly containers: readonly FoundContainer[];
  readonly changed: boolean;
}

/**
 * Brings what is there to what is planned: removes what does not fit, makes what is missing, all of it at once, and
 * waits until it answers. Whatever fits is left as it is.
 */
export async function makeCluster(
  daemon: Daemon,
  spec: ClusterSpec,
  name: string,
  context: BackendContext,
  onCreated: (id: string) => void,
): Promise<Made> {
  const { remove, create } = compareCluster(spec, await containersOf(daemon, spec, name, context));
  const changed = remove.length + create.length > 0;
  if (changed) {
    await inPhase(context.emit, 'containers', async () => {
      await Promise.all(remove.map(({ id }) => removeContainer(daemon, id, graceMs)));
      context.signal.throwIfAborted();
      await Promise.all([
        makeNetworks(daemon, spec.composeProject, spec.networks),
        makeVolumes(daemon, spec.volumes),
      ]);
      // A worker's entry point waits for the master's port, so that all can be started together.
      await settleAll(
        create.map(async (container) => onCreated(await startContainer(daemon, container, context.emit))),
      );
      context.signal.throwIfAborted();
      const result = { phase: 'containers', started: create.length, replaced: remove.length } as const;
      return { value: undefined, result };
    });
  }
  const containers = await inPhase(context.emit, 'ready', async () => {
    const ready = await waitUntilReady(daemon, name, context);
    const workers = ready.filter(({ role }) => role === 'worker').length;
    return { value: ready, result: { phase: 'ready', workers } };
  });
  return { containers, changed };
}

/** Tells whether bringing a cluster to a plan changes something that is there. */
export async function wouldChange(
  daemon: Daemon,
  spec: ClusterSpec,
  name: string,
  context: Pick<BackendContext, 'project'>,
): Promise<boolean> {
  const found = await containersOf(daemon, spec, name, context);
  const { remove, create } = compareCluster(spec, found);
  return found.length > 0 && remove.length + create.length > 0;
}

async function containersOf(
  daemon: Daemon,
  spec: ClusterSpec,
  name: string,
  { project }: Pick<BackendContext, 'project'>,
): Promise<readonly FoundContainer[]> {
  return (await findCluster(daemon, project, name)).filter(
    ({ composeProject }) => composeProject === spec.composeProject,
  );
}

/** Waits for all, also after one has failed: a rollback must not race with a start that is still under way. */
async function settleAll(tasks: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(tasks);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function makeNetworks(
  daemon: Daemon,
  composeName: string,
  networks: readonly NetworkSpec[],
): Promise<void> {
  const filters = { label: [`${composeLabel.project}=${composeName}`] };
  const there = await daemon.ask('the list of networks', (docker) => docker.listNetworks({ filters }));
  const missing = networks.filter(({ name }) => !there.some(({ Name }) => Name === name));
  await Promise.all(
    missing.map(({ name, driver, internal, labels }) =>
      daemon.ask(`the network ${name}`, (docker) =>
        docker.createNetwork({
          Name: name,
          CheckDuplicate: true,
          Driver: driver ?? 'bridge',
          Internal: internal ?? false,
          Labels: { ...labels },
        }),
      ),
    ),
  );
}

/** Making a volume that is there already leaves it as it is. */
async function makeVolumes(daemon: Daemon, volumes: readonly VolumeSpec[]): Promise<void> {
  await Promise.all(
    volumes.map(({ name, driver, labels }) =>
      daemon.ask(`the volume ${name}`, (docker) =>
        docker.createVolume({
          Name: name,
          Labels: { ...labels },
          ...(driver === undefined ? {} : { Driver: driver }),
        }),
      ),
    ),
  );
}
