import { Argument, Command } from 'commander';
import { printableJson } from '../../system/errors/printable.ts';
import type { CommandContext } from '../cli-host.ts';
import { paint } from '../render/paint.ts';
import { makeProgress } from '../render/progress.ts';
import {
  type ClusterOptionValues,
  type OutputOptionValues,
  requestOf,
  type StandbyOptionValues,
  standbyOf,
  wholeNumber,
  withClusterName,
  withClusterSize,
  withOutput,
  withSettings,
  withStandby,
} from './options.ts';

type Values = ClusterOptionValues &
  OutputOptionValues &
  StandbyOptionValues & { readonly all?: true; readonly force?: true; readonly connect?: true };
type Page = 'master' | 'history';

/** Loads what every action here needs. */
async function load() {
  return {
    ...(await import('../../operations/clusters.ts')),
    ...(await import('../render/clusters.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl cluster up|down|status|list|scale|open|logs`. */
export function clusterCommand(context: CommandContext): Command {
  const cluster = new Command('cluster')
    .summary('make, show and end clusters')
    .description('Clusters that stay until they are taken down.');
  const add = (name: string, summary: string) =>
    withOutput(
      withClusterName(cluster.command(name).summary(summary).description(summary)),
      'print JSON on stdout',
    );
  const force = ['--force', 'stop runs that use the cluster first, instead of ending with 75'] as const;
  withStandby(
    withClusterSize(
      add('up', 'start a cluster, or bring the one of that name to what is asked')
        .option('--connect', 'with a Spark Connect server, whose sc:// link is printed')
        .option(...force),
    ),
  ).action((values: Values) => up(values, withSettings(values, context)));
  add('down', 'stop and remove a cluster')
    .option('--all', 'every cluster of the project')
    .option(...force)
    .action((values: Values) => down(values, context));
  add('status', 'the state of a cluster, asked of the cluster itself').action((values: Values) =>
    status(values, context),
  );
  add('list', 'the clusters of this project').action((values: Values) => list(values, context));
  add('scale', 'change how many workers there are')
    .argument('<workers>', 'how many', wholeNumber(1))
    .option(...force)
    .action((workers: number, values: Values) => scale(workers, values, context));
  add('open', 'open the page of the master or of the history server, and print its link')
    .addArgument(new Argument('[page]', 'which page').choices(['master', 'history']).default('master'))
    .action((page: Page, values: Values) => open(page, values, context));
  add('logs', 'the log of a node')
    .argument('[node]', 'master, worker-1, …, history, connect', 'master')
    .option('-f, --follow', 'go on as it grows')
    .action((node: string, values: Values & { readonly follow?: true }) =>
      logs(node, values.follow === true, values, context),
    );
  return cluster;
}

async function up(values: Values, context: CommandContext): Promise<void> {
  const { upCluster, formatCluster, print, surroundings } = await load();
  using progress = await progressOf(values, context);
  const settings = standbyOf(values);
  const standby = settings && { settings, workingFolder: context.host.workingFolder };
  const { status: found, changed } = await upCluster(
    { ...requestOf(values), connect: values.connect },
    { ...forced(values), ...(standby && { standby }) },
    surroundings(context, progress),
  );
  print(context, values, { schemaVersion: 1, changed, ...found }, () =>
    formatCluster(found, painter(context)),
  );
}

async function down(values: Values, context: CommandContext): Promise<void> {
  const { downClusters, formatRemoved, print, surroundings } = await load();
  using progress = await progressOf(values, context);
  const request = values.all ? 'all' : requestOf(values);
  const removed = await downClusters(request, forced(values), surroundings(context, progress));
  print(context, values, { schemaVersion: 1, removed }, () => formatRemoved(removed, request));
}

async function status(values: Values, context: CommandContext): Promise<void> {
  const { findCluster, formatCluster, print, quiet, surroundings } = await load();
  const found = await findCluster(requestOf(values), surroundings(context, quiet(context)));
  print(context, values, { schemaVersion: 1, ...found }, () => formatCluster(found, painter(context)));
}

async function list(values: Values, context: CommandContext): Promise<void> {
  const { listClusters, formatClusterList, print, quiet, surroundings } = await load();
  const clusters = await listClusters(surroundings(context, quiet(context)));
  print(context, values, { schemaVersion: 1, clusters }, () => formatClusterList(clusters));
}

async function scale(workers: number, values: Values, context: CommandContext): Promise<void> {
  const { scaleCluster, formatCluster, print, surroundings } = await load();
  using progress = await progressOf(values, context);
  const scaled = await scaleCluster(
    requestOf(values),
    workers,
    forced(values),
    surroundings(context, progress),
  );
  print(context, values, { schemaVersion: 1, ...scaled }, () => formatCluster(scaled, painter(context)));
}

async function open(page: Page, values: Values, context: CommandContext): Promise<void> {
  const { findCluster, print, quiet, surroundings } = await load();
  const { openLink } = await import('../../operations/open-link.ts');
  const { links } = await findCluster(requestOf(values), surroundings(context, quiet(context)));
  const url = links[page];
  const opened = await openLink(url, context.host.environment);
  print(context, values, { schemaVersion: 1, url, opened }, () => `${url}\n`);
}

async function logs(node: string, follow: boolean, values: Values, context: CommandContext): Promise<void> {
  const { clusterLogs, printLines, quiet, surroundings } = await load();
  await printLines(
    context,
    clusterLogs(requestOf(values), node, follow, surroundings(context, quiet(context))),
    (line) => (values.json ? printableJson({ node, line }) : line),
  );
}

function forced({ force }: Values) {
  return { force: force === true };
}

async function progressOf(values: Values, { host, signal }: CommandContext) {
  return await makeProgress(values.progress, host, signal);
}

function painter({ host }: CommandContext) {
  return paint(host.stdout, host.environment);
}
