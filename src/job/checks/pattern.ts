import { z } from 'zod';
import { counted, formatNumber } from '../../system/format-number.ts';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Mistake } from '../targets/target.ts';
import type { Check } from './check.ts';
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
  name: ({ column }) => `pattern (${column})`,
  mistakes: ({ column, matches }, { table }) => [
    ...unknownColumn(column, ['column'], table),
    ...badExpression(matches),
  ],
  asks: ({ column, matches }) => ({ column, matches }),
  run: async ({ column, matches }, { reader, table, scan }) => {
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
    };
  },
};

function badExpression(matches: string): readonly Mistake[] {
  try {
    new RegExp(matches, 'u');
    return [];
  } catch (error) {
    return [{ at: ['matches'], message: error instanceof Error ? error.message : String(error) }];
  }
}
