import type { Result } from '../../bench/statistics.js';

/** A figure that was measured: stock 10, 12 and 11, ours a tenth of it. */
export function aResult(more: Partial<Result> = {}): Result {
  return {
    name: 'cold',
    title: 'no-op script',
    unit: 's',
    must: 0.45,
    aim: 0.35,
    state: 'measured',
    stock: { what: 'spark-submit', values: [10, 12, 11] },
    ours: { what: 'sparkctl submit', values: [1.1, 1, 1.2] },
    ...more,
  };
}
