import { z } from 'zod';
import { counted, formatNumber } from '../../system/format-number.ts';
import type { Check } from './check.ts';

const limit = z.number().int().min(0).optional();

const spec = z
  .strictObject({
    kind: z.literal('row_count'),
    min: limit.describe('The least number of rows.'),
    max: limit.describe('The greatest number of rows.'),
  })
  .describe('The table has a number of rows between two limits, both included.');

/** The table has as many rows as are expected. */
export const rowCount: Check<typeof spec> = {
  spec,
  name: () => 'row_count',
  mistakes: ({ min, max }) => [
    ...(min === undefined && max === undefined
      ? [{ at: ['min'], message: 'it needs min, max or both' }]
      : []),
    ...(min !== undefined && max !== undefined && min > max
      ? [{ at: ['max'], message: `${max} is less than min, which is ${min}` }]
      : []),
  ],
  run: async ({ min = 0, max }, { reader, table }) => {
    const rows = reader.count(table.name);
    const most = max === undefined ? '' : `${min > 0 ? ' and ' : ''}at most ${formatNumber(max)}`;
    const expected = `${min > 0 ? `at least ${formatNumber(min)}` : ''}${most} rows`;
    const holds = rows >= min && (max === undefined || rows <= max);
    return { status: holds ? 'held' : 'failed', expected, found: counted(rows, 'row') };
  },
};
