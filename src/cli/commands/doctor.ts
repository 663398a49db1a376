import { Command } from 'commander';
import { exitCodeOf } from '../../system/errors/sparkctl-error.ts';
import type { CommandContext } from '../cli-host.ts';
import { paint } from '../render/paint.ts';

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/doctor.ts')),
    ...(await import('../render/examination.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl doctor`. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .summary('see whether jobs can run here, and what is missing')
    .description(
      'Looks at everything that sparkctl needs on this machine, and changes nothing. Ends with 69 where the bundled job could not run.',
    )
    .option('--json', 'print JSON on stdout')
    .action(async (options: { json?: true }) => {
      const { examine, formatExamination, print, quiet, surroundings } = await load();
      const { stdout, environment } = context.host;
      const examination = await examine(surroundings(context, quiet(context)));
      print(context, options, { schemaVersion: 1, ...examination }, () =>
        formatExamination(examination, paint(stdout, environment)),
      );
      context.end(examination.canRun ? 0 : exitCodeOf.runtime);
    });
}
