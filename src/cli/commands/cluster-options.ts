import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ClusterRequest } from '../../cluster/choose-cluster.ts';
import type { CommandContext } from '../command-context.ts';
import { clusterName, memory, wholeNumber } from '../parse-values.ts';

export interface ClusterOptionValues {
  readonly cluster?: string;
  readonly backend: 'auto' | 'local' | 'docker';
  readonly workers?: number;
  readonly workerCores?: number;
  readonly workerMemory?: number;
  readonly image?: string;
  readonly caBundle?: string;
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
    .addOption(new Option('--worker-memory <size>', 'memory of each worker (1g)').argParser(memory))
    .option('--image <name>', 'an image that is there, instead of the one that sparkctl builds (Docker)')
    .option(
      '--ca-bundle <file>',
      'certificates of a proxy that signs connections anew; else SSL_CERT_FILE, NODE_EXTRA_CA_CERTS',
    );
}

export function wishOf(options: ClusterOptionValues): ClusterRequest {
  return {
    backend: options.backend,
    cluster: options.cluster,
    workers: options.workers,
    workerCores: options.workerCores,
    workerMemoryMb: options.workerMemory,
  };
}

/** The command's context with what these options set in its environment; each has a variable that a person can set as well. */
export function withSettings(
  { image, caBundle }: Pick<ClusterOptionValues, 'image' | 'caBundle'>,
  context: CommandContext,
): CommandContext {
  const bundle = caBundle === undefined ? undefined : resolve(context.host.workingFolder, caBundle);
  const environment = {
    ...context.host.environment,
    ...(image !== undefined && { SPARK_IMAGE: image }),
    ...(bundle !== undefined && { SSL_CERT_FILE: bundle, PIP_CERT: bundle }),
  };
  return { ...context, host: { ...context.host, environment } };
}
