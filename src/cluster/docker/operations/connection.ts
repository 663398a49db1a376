import { readFile } from 'node:fs/promises';
import type { BackendContext } from '../../backend.ts';
import type { ClusterPlan } from '../../cluster-plan.ts';
import type { ClusterConnection } from '../../driver.ts';
import { connectDocker } from '../daemon/connect-docker.ts';
import { clusterFolders } from '../folders/cluster-folders.ts';
import { masterUrl, pageUrl } from './cluster-status.ts';
import { knownCluster } from './known-cluster.ts';

/** Where the event logs are in every container. */
const eventsInContainer = '/var/lib/spark/events';

/** How a driver reaches a cluster. The secret is no part of its properties: the driver's container reads it from its file. */
export async function connection(name: string, context: BackendContext): Promise<ClusterConnection> {
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

/** What `connection` would say of a cluster that is not there yet. */
export function previewConnection(
  { name }: ClusterPlan,
  { project }: Pick<BackendContext, 'project'>,
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
