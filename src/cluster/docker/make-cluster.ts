import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { inPhase } from '../../system/phase.ts';
import { waitUntil } from '../../system/processes/wait-until.ts';
import { takesCalls } from '../connect-server.ts';
import { logEnd } from '../log-end.ts';
import type { OperationContext } from '../operation-context.ts';
import { clusterRoles, isAwaited, roles } from '../roles.ts';
import { pageAnswers } from '../spark-pages.ts';
import { lastLogLines, removeContainer, startContainer } from './containers.ts';
import type { Daemon } from './daemon.ts';
import { connectPortOf, masterUrl, pageUrl, reasonOf, registeredAddresses } from './docker-status.ts';
import { type FoundContainer, findCluster } from './find-containers.ts';
import { composeLabel, label } from './plan/labels.ts';
import type { Difference } from './plan/plan-cluster.ts';
import type { ClusterSpec, NetworkSpec, VolumeSpec } from './plan/plan-container.ts';

const graceMs = 2_000;

interface Made {
  readonly containers: readonly FoundContainer[];
  readonly changed: boolean;
}

/**
 * Brings a cluster to its plan: removes what does not fit, makes what is missing, all of it at once, and waits until it
 * answers. Whatever fits is left as it is.
 */
export async function makeCluster(
  daemon: Daemon,
  spec: ClusterSpec,
  { remove, create }: Difference,
  context: OperationContext,
  onCreated: (id: string) => void,
): Promise<Made> {
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
    const ready = await waitUntilReady(daemon, spec.cluster, context);
    const workers = ready.filter(({ role }) => role === 'worker').length;
    return { value: ready, result: { phase: 'ready', workers } };
  });
  return { containers, changed };
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

/** The time that a cluster may take until all of it answers. */
const readyTimeoutMs = 120_000;
/** A page that is not there yet is refused at once; on a very busy machine one that is there takes seconds. */
const askTimeoutMs = 5_000;

/**
 * Waits until the master answers, has every worker as ALIVE, and the history server answers where it is awaited: what a user
 * would do with them, not what Docker thinks of them. A container that ends meanwhile is reported at once.
 */
async function waitUntilReady(
  daemon: Daemon,
  name: string,
  context: OperationContext,
): Promise<readonly FoundContainer[]> {
  let told = '';
  let containers: readonly FoundContainer[] = [];
  let missing: readonly FoundContainer[] = [];
  const ended = await waitUntil(
    async () => {
      containers = (await findCluster(daemon, context.project, name)).filter(({ role }) =>
        clusterRoles.includes(role),
      );
      const gone = containers.find(({ isRunning }) => !isRunning);
      if (gone !== undefined) return gone;
      const awaited = containers.filter(({ role, labels }) =>
        isAwaited(role, labels[label.ephemeral] === 'true' && context.run !== undefined),
      );
      missing = await notReady(awaited);
      const nodes = missing.map(({ node }) => node);
      if (nodes.length > 0 && nodes.join() !== told) context.emit({ kind: 'waiting-for-nodes', nodes });
      told = nodes.join();
      return missing.length === 0 ? ('ready' as const) : undefined;
    },
    { timeoutMs: readyTimeoutMs, intervalMs: 100, signal: context.signal },
  );
  if (ended === 'ready') return containers;
  throw await notReadyError(daemon, ended, missing);
}

async function notReady(containers: readonly FoundContainer[]): Promise<readonly FoundContainer[]> {
  const master = containers.find(({ role }) => role === 'master');
  const asked = registeredAddresses(master === undefined ? undefined : pageUrl(master), askTimeoutMs);
  const ready = await Promise.all(
    containers.map(async (container) => {
      const { role, address } = container;
      if (role === 'master') return (await asked) !== undefined;
      if (roles[role].registers) return address !== undefined && (await asked)?.includes(address) === true;
      if (role === 'connect') {
        const port = connectPortOf(container);
        return port !== undefined && (await takesCalls(port, askTimeoutMs));
      }
      const page = pageUrl(container);
      return page !== undefined && (await pageAnswers(role, page, askTimeoutMs));
    }),
  );
  return containers.filter((_, index) => ready[index] !== true);
}

async function notReadyError(
  daemon: Daemon,
  ended: FoundContainer | undefined,
  missing: readonly FoundContainer[],
): Promise<SparkctlError> {
  const culprit = ended ?? missing[0];
  if (culprit === undefined) throw new Error('a cluster that is not ready has a node that is not');
  const log = logEnd(await lastLogLines(daemon, culprit.id));
  const seconds = readyTimeoutMs / 1000;
  const what =
    ended !== undefined
      ? `${culprit.node} ended before the cluster was ready: ${(await reasonOf(daemon, culprit.id)) ?? 'it was removed'}`
      : roles[culprit.role].registers
        ? `${culprit.node} never registered with ${masterUrl} (waited ${seconds} s)`
        : `${culprit.node} did not answer at ${pageUrl(culprit) ?? 'its port'} (waited ${seconds} s)`;
  return new SparkctlError({
    code: 'node-not-ready',
    category: 'cluster',
    message: `${what}. Its log ends:\n${log}`,
    hint: what.includes('out of memory')
      ? 'Nothing of it is left. Raise mem_limit in docker-compose.yml, or ask for smaller workers (--worker-memory).'
      : 'What was started was removed again. If the machine is busy or short of memory, ask for fewer or smaller workers (--workers, --worker-memory).',
    details: { node: culprit.node, missing: missing.map(({ node }) => node) },
  });
}
