import { Argument, Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { wholeNumber } from '../parse-values.ts';
import { type ProgressKind, progressOption } from '../render/progress-kind.ts';
import {
  type ClusterOptionValues,
  wishOf,
  withClusterName,
  withClusterSize,
  withSettings,
} from './cluster-options.ts';

type Values = ClusterOptionValues & {
  readonly json?: true;
  readonly progress: ProgressKind;
  readonly follow?: true;
  readonly all?: true;
  readonly force?: true;
};

/** `sparkctl cluster up|down|status|list|scale|open|logs`. */
export function clusterCommand(context: CommandContext): Command {
  const load = () => import('../run-cluster.ts');
  const cluster = new Command('cluster')
    .summary('make, show and end clusters')
    .description('Clusters that stay until they are taken down.');
  const add = (name: string, summary: string) =>
    withClusterName(cluster.command(name).summary(summary).description(summary))
      .option('--json', 'print JSON on stdout')
      .addOption(progressOption());
  const force = ['--force', 'stop runs that use the cluster first, instead of ending with 75'] as const;
  const up = add('up', 'start a cluster, or bring the one of that name to what is asked').option(...force);
  withClusterSize(up).action(async (values: Values) =>
    context.end(await (await load()).clusterUp(wishOf(values), values, withSettings(values, context))),
  );
  add('down', 'stop and remove a cluster')
    .option('--all', 'every cluster of the project')
    .option(...force)
    .action(async (values: Values) =>
      context.end(await (await load()).clusterDown(wishOf(values), values, context)),
    );
  add('status', 'what there is of a cluster, asked of the cluster itself').action(async (values: Values) =>
    context.end(await (await load()).clusterStatus(wishOf(values), values, context)),
  );
  add('list', 'the clusters of this project').action(async (values: Values) =>
    context.end(await (await load()).clusterList(values, context)),
  );
  add('scale', 'change how many workers there are')
    .argument('<workers>', 'how many', wholeNumber(1))
    .option(...force)
    .action(async (workers: number, values: Values) =>
      context.end(await (await load()).clusterScale(workers, wishOf(values), values, context)),
    );
  add('open', 'open the page of the master or of the history server, and print its link')
    .addArgument(new Argument('[page]', 'which page').choices(['master', 'history']).default('master'))
    .action(async (page: 'master' | 'history', values: Values) =>
      context.end(await (await load()).clusterOpen(page, wishOf(values), values, context)),
    );
  add('logs', 'the log of a node')
    .argument('[node]', 'master, worker-1, …, history', 'master')
    .option('-f, --follow', 'go on as it grows')
    .action(async (node: string, values: Values) =>
      context.end(await (await load()).clusterLogs(node, values.follow === true, wishOf(values), context)),
    );
  return cluster;
}
