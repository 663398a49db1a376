import { z } from 'zod';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Check } from './check.ts';
import { judgeColumn } from './column-fault.ts';

const spec = z
  .strictObject({
    kind: z.literal('not_null'),
    column: z.string().describe('A column that may be empty by its type.'),
  })
  .describe('Every row has a value in a column.');

/** Every row has a value in a column. */
export const notNull: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ column }) => `not_null (${column})`,
  mistakes: ({ column }, { table }) => unknownColumn(column, ['column'], table),
  run: async ({ column }, context) =>
    judgeColumn(
      column,
      { kind: 'empty' },
      { expected: `a ${column} in every row`, breaks: 'is empty' },
      context,
    ),
};
