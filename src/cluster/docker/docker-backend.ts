import { readFile } from 'node:fs/promises';
import { foreseen, SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { ClusterBackend } from '../backend.ts';
import type { ClusterPlan } from '../cluster.ts';
import type { ClusterConnection } from '../driver.ts';
import { lockCluster, mustBeUnused } from '../lock-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import { dockerRecords } from './cluster-record.ts';
import { containerLogs } from './containers.ts';
import { connectDocker, connectIfThere, type Daemon } from './daemon.ts';
import { dockerStandbys } from './docker-standbys.ts';
import { clusterStatus, masterUrl, pageUrl } from './docker-status.ts';
import { startDriver, takeUpDriver } from './drivers.ts';
import { existingCluster, findCluster, findContainers, knownCluster } from './find-containers.ts';
import { clusterFolders } from './folders/cluster-folders.ts';
import { reclaimOrphans, removeCluster } from './remove-cluster.ts';
import { scaleCluster, upCluster } from './up-cluster.ts';

/**
 * The Docker backend: master, workers and history server as containers, as docker-compose.yml describes them. The
 * actual state is asked of Docker every time, by labels; the project's folder keeps only what Docker cannot know.
 */
export const dockerBackend: ClusterBackend = {
  kind: 'docker',
  usesInstallation: false,

  obstacle: ({ environment }) => foreseen(() => connectDocker(environment)),

  async up(plan, context) {
    await using _lock = await lockCluster(plan.name, context);
    if (context.run !== undefined) {
      // A run takes what has come up meanwhile as it is, as it would have taken it a moment later.
      const status = await this.status(plan.name, context);
      if (status?.state === 'running') return { status, changed: false };
    }
    return await upCluster(plan, context);
  },

  async down(name, context) {
    const daemon = await daemonFor(name, context);
    if (daemon === undefined) return false;
    await using _lock = await lockCluster(name, context);
    // A run takes down what was made for it alone.
    if (context.run === undefined) await mustBeUnused(name, context);
    return await removeCluster(daemon, name, context, { keepEvents: true });
  },

  async scale(name, workers, context) {
    await using _lock = await lockCluster(name, context);
    const { plan } = (await dockerRecords.read(context.project, name)) ?? {};
    if (plan !== undefined && plan.workers !== workers) await mustBeUnused(name, context);
    return await scaleCluster(name, workers, context);
  },

  async status(name, context) {
    const daemon = await daemonFor(name, context);
    if (daemon === undefined) return undefined;
    const containers = await findCluster(daemon, context.project, name);
    if (containers.length === 0) return undefined;
    return await clusterStatus(daemon, context.project, name, containers);
  },

  async list(context) {
    const daemon = await connectIfThere(context.environment);
    if (daemon === undefined) return [];
    const names = new Set((await findContainers(daemon, context.project)).map(({ cluster }) => cluster));
    return await Promise.all(
      [...names].sort().map(async (name) => {
        const containers = await findCluster(daemon, context.project, name);
        return await clusterStatus(daemon, context.project, name, containers);
      }),
    );
  },

  async *logs(name, node, follow, context) {
    const daemon = await connectDocker(context.environment);
    const containers = await existingCluster(daemon, name, context);
    const found = containers.find((container) => container.node === node);
    if (found === undefined) {
      throw new SparkctlError({
        code: 'unknown-node',
        category: 'usage',
        message: `Cluster ${name} has no node called ${node}.`,
        hint: `Its nodes are: ${containers.map((container) => container.node).join(', ')}.`,
      });
    }
    yield* containerLogs(daemon, found.id, { follow, signal: context.signal });
  },

  connect: connection,
  preview: async (plan, context) => previewConnection(plan, context),
  startDriver,
  takeUpDriver,
  standbys: dockerStandbys,
  reclaim: reclaimOrphans,
};

/** Without a daemon there is no cluster, unless a record says that there was one: then its silence is the answer. */
async function daemonFor(
  name: string,
  { project, environment, emit }: OperationContext,
): Promise<Daemon | undefined> {
  const recorded = (await dockerRecords.read(project, name, emit)) !== undefined;
  return recorded ? await connectDocker(environment) : await connectIfThere(environment);
}

/** The folder of event logs in every container. */
const eventsInContainer = '/var/lib/spark/events';

/** The connection of a driver to a cluster. The secret is not among its properties: the driver's container reads it from its file. */
export async function connection(name: string, context: OperationContext): Promise<ClusterConnection> {
  const daemon = await connectDocker(context.environment);
  const { containers } = await knownCluster(daemon, name, context);
  const history = containers.find(({ role }) => role === 'history');
  const historyUrl = history === undefined ? undefined : pageUrl(history);
  const folders = clusterFolders(context.project, name);
  return {
    ...fixedPart(folders.events),
    secrets: [(await readFile(folders.secret, 'utf8')).trim()],
    ...(historyUrl === undefined ? {} : { historyUrl }),
  };
}

/** Predicts the connection to a cluster that does not exist yet. */
function previewConnection(
  { name }: ClusterPlan,
  { project }: Pick<OperationContext, 'project'>,
): ClusterConnection {
  return { ...fixedPart(clusterFolders(project, name).events), secrets: [] };
}

function fixedPart(eventLogFolder: string) {
  return {
    master: masterUrl,
    properties: { 'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': `file:${eventsInContainer}` },
    eventLogFolder,
  };
}
