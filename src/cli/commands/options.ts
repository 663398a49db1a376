import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ClusterRequest } from '../../cluster/choose-cluster.ts';
import type { StandbySettings } from '../../cluster/standby/standby-settings.ts';
import { isClusterName, makingKinds, parseMemoryMb, usualIdleMs } from '../../operations/vocabulary.ts';
import { parseDuration } from '../../system/duration.ts';
import { formatNumber } from '../../system/format-number.ts';
import type { CommandContext } from '../cli-host.ts';
import { type ProgressKind, progressKinds } from '../render/progress.ts';

/** The values of the options that several commands have. */
export interface ClusterOptionValues {
  readonly cluster?: string;
  readonly backend: ClusterRequest['backend'];
  readonly workers?: number;
  readonly workerCores?: number;
  readonly workerMemory?: number;
  readonly image?: string;
  readonly caBundle?: string;
}

export interface StandbyOptionValues {
  readonly standby: boolean;
  readonly standbyIdle?: number;
}

export interface OutputOptionValues {
  readonly json?: true;
  readonly progress: ProgressKind;
}

/** Adds the options that say which cluster is meant. */
export function withClusterName(command: Command): Command {
  return command
    .addOption(
      new Option('--cluster <name>', 'which cluster; default: the one called default').argParser(clusterName),
    )
    .addOption(
      new Option('--backend <kind>', 'how the cluster is made')
        .choices(['auto', ...makingKinds])
        .default('auto'),
    );
}

/** Adds the options that say how large a cluster is to be. */
export function withClusterSize(command: Command): Command {
  return command
    .addOption(new Option('--workers <n>', 'how many workers (2)').argParser(wholeNumber(1)))
    .addOption(new Option('--worker-cores <n>', 'cores of each worker (1)').argParser(wholeNumber(1)))
    .addOption(new Option('--worker-memory <size>', 'memory of each worker (1g)').argParser(memory))
    .option('--image <name>', 'an existing image, instead of the one that sparkctl builds (Docker)')
    .option(
      '--ca-bundle <file>',
      'certificates of a TLS-intercepting proxy; else SSL_CERT_FILE, NODE_EXTRA_CA_CERTS',
    );
}

/** Adds the options that say whether a driver waits for the next submission. */
export function withStandby(command: Command): Command {
  return command
    .option(
      '--no-standby',
      'no driver that waits for the next submission, and takes a second instead of a start',
    )
    .addOption(
      new Option('--standby-idle <duration>', 'how long such a driver waits (15m)').argParser(duration),
    );
}

/** Adds the options that say how much data is generated, and from which seed. */
export function withDatasetNumbers(command: Command): Command {
  return command
    .addOption(
      new Option('--rows <n>', "rows of the dataset, instead of the manifest's").argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--seed <n>', "seed of the dataset, instead of the manifest's").argParser(wholeNumber(0)),
    );
}

/** The wish for standby drivers that the options make. */
export function standbyOf({ standby, standbyIdle }: StandbyOptionValues): StandbySettings | false {
  return standby && { idleMs: standbyIdle ?? usualIdleMs };
}

/** Adds `--json` and `--progress`. */
export function withOutput(command: Command, json: string): Command {
  return command
    .option('--json', json)
    .addOption(
      new Option('--progress <kind>', 'how progress is shown on stderr')
        .choices(progressKinds)
        .default('auto'),
    );
}

/** The request that the options make. */
export function requestOf(options: ClusterOptionValues): ClusterRequest {
  return {
    backend: options.backend,
    cluster: options.cluster,
    workers: options.workers,
    workerCores: options.workerCores,
    workerMemoryMb: options.workerMemory,
  };
}

/** The command's context with the settings of these options. */
export function withSettings(
  { image, caBundle }: Pick<ClusterOptionValues, 'image' | 'caBundle'>,
  context: CommandContext,
): CommandContext {
  const bundle = caBundle === undefined ? undefined : resolve(context.host.workingFolder, caBundle);
  return { ...context, settings: { image, caBundle: bundle } };
}

/** Parses a whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${formatNumber(minimum)}.`);
  };
}

/** Parses a size, such as `1g`, to MiB. */
function memory(text: string): number {
  const sizeMb = parseMemoryMb(text);
  if (sizeMb !== undefined) return sizeMb;
  throw new InvalidArgumentError('It must be a size such as 512m or 2g.');
}

/** Parses a duration, such as `90s`, `5m` or `1h30m`, to milliseconds. */
export function duration(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw new InvalidArgumentError('It must be a duration such as 90s, 5m, 1h30m or 7d.');
}

/** Parses the name of a cluster: it becomes a folder, and part of container names. */
function clusterName(text: string): string {
  if (isClusterName(text)) return text;
  throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens.');
}
