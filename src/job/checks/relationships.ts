import { z } from 'zod';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Check } from './check.ts';
import { judgeColumn } from './column-fault.ts';

const spec = z
  .strictObject({
    kind: z.literal('relationships'),
    column: z.string(),
    to: z
      .strictObject({ table: z.string().min(1), column: z.string().min(1) })
      .describe('A table of the same database, and its column that has every value.'),
  })
  .describe('Every value of a column is in a column of another table.');

/** Every value of a column is in a column of another table. Empty ones refer to nothing. */
export const relationships: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ column, to }) => `relationships (${column} to ${to.table}.${to.column})`,
  mistakes: ({ column }, { table }) => unknownColumn(column, ['column'], table),
  run: async ({ column, to }, context) => {
    const expected = `every ${column} is in ${to.table}.${to.column}`;
    const other = context.reader.tableInfo(to.table);
    if (other === undefined) return { status: 'failed', expected, found: `there is no table ${to.table}` };
    if (!other.columns.some(({ name }) => name === to.column))
      return { status: 'failed', expected, found: `the table ${to.table} has no column ${to.column}` };
    return judgeColumn(column, { kind: 'unrelated', ...to }, { expected, breaks: 'is not in it' }, context);
  },
};
