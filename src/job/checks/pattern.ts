import { z } from 'zod';
import { counted, formatNumber } from '../../system/format-number.ts';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Mistake } from '../targets/target.ts';
import { allColumns, type Check, type CheckContext, named } from './check.ts';
import type { FaultyRow } from './faulty-rows.ts';
import { showBreaking } from './show-value.ts';

const spec = z
  .strictObject({
    kind: z.literal('pattern'),
    column: z.string().describe('A text column.'),
    matches: z
      .string()
      .describe('A JavaScript regular expression (with the u flag) that every value must match.'),
  })
  .describe('Every value of a column matches a pattern.');

/** Every value of a column matches a regular expression. */
export const pattern: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ column }) => `pattern (${column})`,
  mistakes: ({ column, matches }, { table }) => [
    ...unknownColumn(column, ['column'], table),
    ...badExpression(matches),
  ],
  asks: ({ column, matches }) => ({ column, matches }),
  run: async ({ column, matches }, context) => {
    const { reader, table, scan } = context;
    const expected = `every ${column} matches ${matches}`;
    const broken = await scan.breaking(column, matches);
    const rows = reader.count(table.name);
    const all = counted(rows, 'row');
    if (broken.rows === 0)
      return { status: 'held', expected, found: rows === 1 ? 'the only row matches' : `all ${all} match` };
    return {
      status: 'failed',
      expected,
      found: `${formatNumber(broken.rows)} of ${all} ${broken.rows === 1 ? 'does' : 'do'} not match`,
      detail: showBreaking(broken.samples, column, table.primaryKey),
      faulty: { rows: broken.rows, of: rows, each: () => breakingRows(column, matches, context) },
    };
  },
};

/** The rows whose value does not match, one after the other. */
function* breakingRows(column: string, matches: string, context: CheckContext): Generator<FaultyRow> {
  const { reader, table } = context;
  const expression = new RegExp(matches, 'u');
  const columns = allColumns(context);
  for (const row of named(columns, reader.rows(table.name, columns))) {
    const value = row[column] ?? null;
    if (value !== null && !expression.test(String(value))) yield row;
  }
}

function badExpression(matches: string): readonly Mistake[] {
  try {
    new RegExp(matches, 'u');
    return [];
  } catch (error) {
    return [{ at: ['matches'], message: error instanceof Error ? error.message : String(error) }];
  }
}
