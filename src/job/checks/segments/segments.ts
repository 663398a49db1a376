import { z } from 'zod';
import { unknownColumn } from '../../targets/table-spec.ts';
import type { Check } from '../check.ts';

const spec = z
  .strictObject({
    kind: z.literal('segments'),
    column: z.string().describe('The column that says which segment a row is in.'),
    minimumRandIndex: z
      .number()
      .min(0)
      .max(1)
      .default(0.95)
      .describe('How well segments and planted groups must agree: 1 is exactly, 0 is by chance.'),
  })
  .describe('The segments are the groups that the dataset planted. Needs a dataset with groups.');

/** The segments in a column are the groups that the dataset planted: their number, their sizes, their centres, row by row. */
export const segments: Check<typeof spec> = {
  spec,
  needsDataset: 'segments are compared with the groups of a dataset',
  name: ({ column }) => `segments (${column})`,
  mistakes: ({ column }, { table }) => unknownColumn(column, ['column'], table),
  run: async ({ column, minimumRandIndex }, context) =>
    await (await import('./compare-segments.ts')).judgeSegments(column, minimumRandIndex, context),
};
