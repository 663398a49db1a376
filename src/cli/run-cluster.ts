import { type ClusterRequest, defaultClusterName } from '../cluster/choose-cluster.ts';
import { type OperationContext, operationContext } from '../cluster/operation-context.ts';
import {
  downClusters,
  findCluster,
  listClusters,
  clusterLogs as logsOfCluster,
  scaleCluster,
  upCluster,
} from '../operations/clusters.ts';
import { openLink } from '../operations/open-link.ts';
import { projectFolder } from '../operations/project-folder.ts';
import { printableJson } from '../system/errors/printable.ts';
import type { CommandContext } from './command-context.ts';
import { formatCluster, formatClusterList } from './render/cluster-table.ts';
import { makeProgress, type Progress, paint } from './render/progress.ts';
import type { ProgressKind } from './render/progress-kind.ts';

interface Display {
  readonly json?: true;
  readonly progress: ProgressKind;
  readonly all?: true;
  readonly force?: true;
}

export async function clusterUp(
  wish: ClusterRequest,
  display: Display,
  command: CommandContext,
): Promise<number> {
  using progress = progressOf(display, command);
  const context = contextOf(command, progress);
  const { status, changed } = await upCluster(wish, forced(display), context);
  print(command, display, { schemaVersion: 1, changed, ...status }, () =>
    formatCluster(status, painter(command)),
  );
  return 0;
}

export async function clusterDown(
  wish: ClusterRequest,
  display: Display,
  command: CommandContext,
): Promise<number> {
  using progress = progressOf(display, command);
  const context = contextOf(command, progress);
  const removed = await downClusters(display.all ? 'all' : wish, forced(display), context);
  const none = display.all
    ? 'There is no cluster in this project.'
    : `There is no cluster called ${wish.cluster ?? defaultClusterName}.`;
  print(command, display, { schemaVersion: 1, removed }, () =>
    removed.length === 0 ? `${none}\n` : removed.map((name) => `Cluster ${name} is down.\n`).join(''),
  );
  return 0;
}

export async function clusterStatus(
  wish: ClusterRequest,
  display: Display,
  command: CommandContext,
): Promise<number> {
  const status = await findCluster(wish, contextOf(command));
  print(command, display, { schemaVersion: 1, ...status }, () => formatCluster(status, painter(command)));
  return 0;
}

export async function clusterList(display: Display, command: CommandContext): Promise<number> {
  const clusters = await listClusters(contextOf(command));
  print(command, display, { schemaVersion: 1, clusters }, () => formatClusterList(clusters));
  return 0;
}

export async function clusterScale(
  workers: number,
  wish: ClusterRequest,
  display: Display,
  command: CommandContext,
): Promise<number> {
  using progress = progressOf(display, command);
  const context = contextOf(command, progress);
  const scaled = await scaleCluster(wish, workers, forced(display), context);
  print(command, display, { schemaVersion: 1, ...scaled }, () => formatCluster(scaled, painter(command)));
  return 0;
}

export async function clusterLogs(
  node: string,
  follow: boolean,
  wish: ClusterRequest,
  command: CommandContext,
): Promise<number> {
  const context = contextOf(command);
  for await (const line of logsOfCluster(wish, node, follow, context)) {
    command.host.stdout.write(`${line}\n`);
    await command.host.stdout.ready(command.signal);
  }
  command.signal.throwIfAborted();
  return 0;
}

export async function clusterOpen(
  page: 'master' | 'history',
  wish: ClusterRequest,
  display: Display,
  command: CommandContext,
): Promise<number> {
  const status = await findCluster(wish, contextOf(command));
  const url = status.links[page];
  const opened = await openLink(url, command.host.environment);
  print(command, display, { schemaVersion: 1, url, opened }, () => `${url}\n`);
  return 0;
}

function forced({ force }: Display) {
  return { force: force === true };
}

function contextOf({ host, signal }: CommandContext, progress?: Progress): OperationContext {
  return operationContext({
    project: projectFolder(host.workingFolder),
    environment: host.environment,
    // Commands that show no progress still say what is wrong.
    emit: (event) => (progress ?? makeProgress('quiet', host.stderr, host.environment)).show(event),
    signal,
  });
}

function progressOf(display: Display, { host }: CommandContext): Progress {
  return makeProgress(display.progress, host.stderr, host.environment);
}

function painter({ host }: CommandContext) {
  return paint(host.stdout, host.environment);
}

/** The answer of a command: for people, or as JSON. */
function print({ host }: CommandContext, { json }: Display, value: unknown, words: () => string): void {
  host.stdout.write(json ? `${printableJson(value, 2)}\n` : words());
}
