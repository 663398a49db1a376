import { Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';
import { makeProgress } from '../render/progress.ts';

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/submit.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl take-up-run`, which any command starts for a run that a killed sparkctl has left. */
export function takeUpRunCommand(context: CommandContext): Command {
  return new Command('take-up-run')
    .description(
      'Follows the driver of a detached run whose sparkctl was killed, and does what comes after it.',
    )
    .argument('<run>', 'its id')
    .action(async (id: string) => {
      const { takeUp, surroundings } = await load();
      using progress = await makeProgress('json', context.host, context.signal);
      await takeUp(id, surroundings(context, progress));
    });
}
