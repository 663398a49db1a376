import { Command } from 'commander';
import type { CommandContext } from '../cli-host.ts';
import { makeProgress } from '../render/progress.ts';

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/shared-cluster/keep.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl keep-cluster`, which `sharedCluster()` of the library starts. */
export function keepClusterCommand(context: CommandContext): Command {
  return new Command('keep-cluster')
    .description('Starts a shared cluster, and takes it down once none of its users lives.')
    .argument('<name>', 'the cluster')
    .action(async (name: string) => {
      const { keepSharedCluster, surroundings } = await load();
      using progress = await makeProgress('plain', context.host, context.signal);
      await keepSharedCluster(name, surroundings(context, progress));
    });
}
