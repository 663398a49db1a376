import { effectiveValue, type GivenProperties } from './effective-value.ts';
import { parseMemoryMb } from './parse-memory.ts';

/** What one executor of a submission will ask of a worker. */
export interface ExecutorDemand {
  readonly memoryMb: number;
  /** Undefined: all cores of a worker, as is usual on a standalone cluster. */
  readonly cores?: number;
}

/** Spark's own default for spark.executor.memory. */
const defaultMemoryMb = 1024;

/** Reads the demand from options and properties, the strongest first, as spark-submit does. */
export function executorDemand(given: GivenProperties): ExecutorDemand {
  const memory = effectiveValue('spark.executor.memory', given)?.value;
  const cores = effectiveValue('spark.executor.cores', given)?.value;
  return {
    memoryMb: (memory === undefined ? undefined : parseMemoryMb(memory)) ?? defaultMemoryMb,
    ...(cores !== undefined && Number.isInteger(Number(cores)) ? { cores: Number(cores) } : {}),
  };
}
