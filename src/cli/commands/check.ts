import { Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';
import { paint } from '../render/paint.ts';

interface Values {
  readonly json?: true;
  readonly strict?: true;
}

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/check.ts')),
    ...(await import('../render/run-summary.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl check`. */
export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .summary('check the result that is there, without Spark')
    .description(
      "Asks the checks of a job's manifest of its table as it is now, whichever run made it. Ends with 65 where one fails,\n" +
        'as submit does. Rows that are wrong are kept in .sparkctl/checks/JOB/ until the next check.',
    )
    .argument('<application>', 'script.py with a manifest beside it, or job.yaml')
    .option('--strict', 'fail (65) when any check warned or was skipped, or any row was quarantined')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  sparkctl check jobs/etl.yaml')
    .action(async (application: string, values: Values) => {
      const { check, formatChecked, print, quiet, surroundings } = await load();
      const { stdout, environment, workingFolder } = context.host;
      const request = { application, workingFolder, strict: values.strict === true };
      const checked = await check(request, surroundings(context, quiet(context)));
      print(context, values, { schemaVersion: 1, ...checked }, () =>
        formatChecked(checked, workingFolder, paint(stdout, environment)),
      );
      context.end(checked.exitCode);
    });
}
