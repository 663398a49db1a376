import { z } from 'zod';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Check } from './check.ts';
import { judgeColumn, unlikeColumn } from './column-fault.ts';
import { showValue } from './show-value.ts';

const spec = z
  .strictObject({
    kind: z.literal('accepted_values'),
    column: z.string(),
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .describe('All values that the column may have. Empty ones are not looked at: see not_null.'),
  })
  .describe('Every value of a column is one of a list.');

/** Every value of a column is one of a list. */
export const acceptedValues: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ column }) => `accepted_values (${column})`,
  mistakes: ({ column, values }, { table }) => [
    ...unknownColumn(column, ['column'], table),
    ...values.flatMap((value, index) => unlikeColumn(value, column, ['values', index], table)),
  ],
  run: async ({ column, values }, context) => {
    const list = values
      .slice(0, 5)
      .map((value) => showValue(typeof value === 'boolean' ? String(value) : value));
    const expected = `every ${column} is one of ${list.join(', ')}${values.length > 5 ? ', …' : ''}`;
    return judgeColumn(
      column,
      { kind: 'not-among', values },
      { expected, breaks: 'is none of them' },
      context,
    );
  },
};
