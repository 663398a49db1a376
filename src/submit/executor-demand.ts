import { parseMemoryMb } from '../config/parse-memory.ts';
import type { GivenSparkOption } from './spark-submit-option.ts';
import { lastValue } from './spark-submit-option.ts';

/** What one executor of a submission will ask of a worker. */
export interface ExecutorDemand {
  readonly memoryMb: number;
  /** Undefined: all cores of a worker, as is usual on a standalone cluster. */
  readonly cores?: number;
}

/** Spark's own default for spark.executor.memory. */
const defaultMemoryMb = 1024;

/** Reads the demand from options and properties, the strongest first, as spark-submit does. */
export function executorDemand(
  options: readonly GivenSparkOption[],
  manifestConf: Readonly<Record<string, string>>,
): ExecutorDemand {
  const property = (key: string) =>
    options
      .filter(({ name, value }) => name === '--conf' && value?.startsWith(`${key}=`))
      .at(-1)
      ?.value?.slice(key.length + 1) ?? manifestConf[key];
  const memory = lastValue(options, '--executor-memory') ?? property('spark.executor.memory');
  const cores = lastValue(options, '--executor-cores') ?? property('spark.executor.cores');
  return {
    memoryMb: (memory === undefined ? undefined : parseMemoryMb(memory)) ?? defaultMemoryMb,
    ...(cores !== undefined && Number.isInteger(Number(cores)) ? { cores: Number(cores) } : {}),
  };
}
