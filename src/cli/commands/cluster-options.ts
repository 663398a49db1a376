import { type Command, Option } from 'commander';
import type { ClusterWish } from '../../operations/submit/choose-cluster.ts';
import { clusterName, memory, wholeNumber } from '../parse-values.ts';

export interface ClusterOptionValues {
  readonly cluster?: string;
  readonly backend: 'auto' | 'local' | 'docker';
  readonly workers?: number;
  readonly workerCores?: number;
  readonly workerMemory?: number;
}

/** The options that say which cluster is meant. */
export function withClusterName(command: Command): Command {
  return command
    .addOption(
      new Option('--cluster <name>', 'which cluster; default: the one called default').argParser(clusterName),
    )
    .addOption(
      new Option('--backend <kind>', 'how the cluster is made')
        .choices(['auto', 'local', 'docker'])
        .default('auto'),
    );
}

/** The options that say how large a cluster is to be. */
export function withClusterSize(command: Command): Command {
  return command
    .addOption(new Option('--workers <n>', 'how many workers (2)').argParser(wholeNumber(1)))
    .addOption(new Option('--worker-cores <n>', 'cores of each worker (1)').argParser(wholeNumber(1)))
    .addOption(new Option('--worker-memory <size>', 'memory of each worker (1g)').argParser(memory));
}

export function wishOf(options: ClusterOptionValues): ClusterWish {
  return {
    backend: options.backend,
    cluster: options.cluster,
    workers: options.workers,
    workerCores: options.workerCores,
    workerMemoryMb: options.workerMemory,
  };
}
