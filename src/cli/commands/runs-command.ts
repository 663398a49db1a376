import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

/** `sparkctl runs list|show|diff|logs|open`. */
export function runsCommand(context: CommandContext): Command {
  const load = () => import('../run-runs.ts');
  const runs = new Command('runs')
    .summary('what became of submissions')
    .description('The runs of this project, from their run folders. No server is needed.');
  runs
    .command('list')
    .description('every run, the newest first')
    .option('--json', 'print JSON on stdout')
    .action(async ({ json }: { json?: true }) =>
      context.end(await (await load()).runsList(json === true, context)),
    );
  runs
    .command('show')
    .description('all that is known of a run')
    .argument('[run]', 'its id or the beginning of it; the newest where it is left out')
    .option('--json', 'print the run record on stdout')
    .action(async (id: string | undefined, { json }: { json?: true }) =>
      context.end(await (await load()).runsShow(id, json === true, context)),
    );
  runs
    .command('logs')
    .description("what a run's script printed")
    .argument('[run]', 'its id or the beginning of it; the newest where it is left out')
    .option('--stderr', 'what it printed on stderr instead')
    .option('--spark', "Spark's own log instead")
    .option('--json', 'print one JSON object a line')
    .option('-f, --follow', 'go on as it grows, until the run is over')
    .action(
      async (id: string | undefined, values: { stderr?: true; spark?: true; json?: true; follow?: true }) =>
        context.end(await (await load()).runsLogs(id, values, context)),
    );
  runs
    .command('diff')
    .description('what two runs have not in common: results, metrics, times, settings')
    .argument('<a>', 'a run: its id or the beginning of it')
    .argument('<b>', 'another one')
    .option('--json', 'print JSON on stdout')
    .action(async (a: string, b: string, { json }: { json?: true }) =>
      context.end(await (await load()).runsDiff(a, b, json === true, context)),
    );
  runs
    .command('open')
    .description("shows a run's report in the browser")
    .argument('[run]', 'its id or the beginning of it; the newest where it is left out')
    .action(async (id: string | undefined) => context.end(await (await load()).runsOpen(id, context)));
  return runs;
}
