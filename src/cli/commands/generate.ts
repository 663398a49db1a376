import { Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';
import { makeProgress } from '../render/progress.ts';
import { type OutputOptionValues, withDatasetNumbers, withOutput } from './options.ts';

interface Values extends OutputOptionValues {
  readonly rows?: number;
  readonly seed?: number;
}

/** Loads what the action needs. TypeScript leaves the path of an `import()` beside a `using` as it is, so it stands here. */
async function load() {
  return {
    ...(await import('../../operations/generate.ts')),
    ...(await import('../render/generated.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl generate`. */
export function generateCommand(context: CommandContext): Command {
  const command = new Command('generate')
    .summary('make the dataset of a job, and say where it is')
    .description(
      "Writes the data that a job's manifest describes to its input.path, with the ledger of what a correct load of it\n" +
        'contains. The same seed gives the same bytes; a file that is there already as wanted is left as it is.',
    )
    .argument('<application>', 'script.py with a manifest beside it, or job.yaml');
  withOutput(withDatasetNumbers(command), 'print JSON on stdout');
  return command
    .addHelpText('after', '\nExample:\n  sparkctl generate --rows 1000 --seed 7 jobs/etl.yaml')
    .action(async (application: string, values: Values) => {
      const { generate, formatGenerated, print, surroundings } = await load();
      const { workingFolder } = context.host;
      using progress = await makeProgress(values.progress, context.host, context.signal);
      const { rows, seed } = values;
      const data = await generate(
        { application, workingFolder, rows, seed },
        surroundings(context, progress),
      );
      progress[Symbol.dispose]();
      print(context, values, { schemaVersion: 1, ...data }, () => formatGenerated(data, workingFolder));
    });
}
