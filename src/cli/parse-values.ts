import { InvalidArgumentError } from 'commander';
import { isClusterName } from '../cluster/cluster-folder.ts';
import { parseMemoryMb } from '../spark/executor-demand.ts';

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${minimum}.`);
  };
}

/** `1g` in MiB. */
export function memory(text: string): number {
  const sizeMb = parseMemoryMb(text);
  if (sizeMb !== undefined) return sizeMb;
  throw new InvalidArgumentError('It must be a size such as 512m or 2g.');
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `5m`, `1h30m` in milliseconds. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('') === text;
  const totalMs = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
  if (text !== '' && whole && totalMs > 0) return totalMs;
  throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
}

/** A name for a cluster: it becomes a folder, and part of container names. */
export function clusterName(text: string): string {
  if (isClusterName(text)) return text;
  throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens.');
}
