import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

/** `sparkctl env`. */
export function envCommand(context: CommandContext): Command {
  return new Command('env')
    .summary("print what a shell needs to use sparkctl's Spark")
    .description(
      'Prints JAVA_HOME, SPARK_HOME, PYSPARK_PYTHON, PYTHONPATH and PATH for a shell: eval "$(sparkctl env)". After it, spark-submit,\n' +
        'pyspark and python are those that sparkctl uses, and python finds sparkctl_jobs. Makes the runtime where it is not there yet.',
    )
    .option('--json', 'print JSON on stdout')
    .action(async ({ json }: { json?: true }) =>
      context.end(await (await import('../run-env.ts')).printEnvironment(json === true, context)),
    );
}
