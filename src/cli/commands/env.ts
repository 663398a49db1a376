import { Command } from 'commander';
import { quoteForShell } from '../../operations/vocabulary.ts';
import type { CommandContext } from '../cli-host.ts';
import { makeProgress } from '../render/progress.ts';

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/spark-environment.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl env`. */
export function envCommand(context: CommandContext): Command {
  return new Command('env')
    .summary("print what a shell needs to use sparkctl's Spark")
    .description(
      'Prints JAVA_HOME, SPARK_HOME, PYSPARK_PYTHON, PYTHONPATH and PATH for a shell: eval "$(sparkctl env)". After it, spark-submit,\n' +
        'pyspark and python are those that sparkctl uses, and python finds sparkctl_io. Makes the runtime first where it is missing.',
    )
    .option('--json', 'print JSON on stdout')
    .action(async (options: { json?: true }) => {
      const { sparkEnvironment, print, surroundings } = await load();
      using progress = await makeProgress('auto', context.host, context.signal);
      const variables = await sparkEnvironment(surroundings(context, progress));
      print(context, options, { schemaVersion: 1, variables }, () =>
        Object.entries(variables)
          .map(([name, value]) => `export ${name}=${quoteForShell([value])}\n`)
          .join(''),
      );
    });
}
