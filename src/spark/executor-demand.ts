import { effectiveValue, type GivenProperties } from './effective-value.ts';

/** The memory and cores that one executor of a submission asks of a worker. */
export interface ExecutorDemand {
  readonly memoryMb: number;
  /** Undefined: all cores of a worker, as is usual on a standalone cluster. */
  readonly cores?: number;
}

/** Spark's own default for spark.executor.memory. */
export const usualExecutorMb = 1024;

/** Reads the demand from options and properties, the strongest first, as spark-submit does. */
export function executorDemand(given: GivenProperties): ExecutorDemand {
  const memory = effectiveValue('spark.executor.memory', given)?.value;
  const cores = effectiveValue('spark.executor.cores', given)?.value;
  return {
    memoryMb: (memory === undefined ? undefined : parseMemoryMb(memory)) ?? usualExecutorMb,
    ...(cores !== undefined && Number.isInteger(Number(cores)) ? { cores: Number(cores) } : {}),
  };
}

const factorMb: Readonly<Record<string, number>> = { m: 1, g: 1024, t: 1024 * 1024 };

/** `512m`, `2g`, `1t` (as Spark writes them; mb and gb are understood) in MiB, or undefined for anything else. */
export function parseMemoryMb(text: string): number | undefined {
  const [, number, unit] = /^(\d+)\s*([mgt])i?b?$/i.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const sizeMb = Number(number) * (factorMb[unit.toLowerCase()] ?? 0);
  return sizeMb > 0 && Number.isSafeInteger(sizeMb) ? sizeMb : undefined;
}
