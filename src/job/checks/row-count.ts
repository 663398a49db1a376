import { z } from 'zod';
import { counted, formatNumber } from '../../system/format-number.ts';
import { rowsOf, rowsOrShare } from './amount.ts';
import type { Check } from './check.ts';
import { limitMistakes } from './limits.ts';

const limit = z.number().int().min(0).optional();

const spec = z
  .strictObject({
    kind: z.literal('row_count'),
    min: limit.describe('The least number of rows.'),
    max: limit.describe('The greatest number of rows.'),
    change: rowsOrShare
      .optional()
      .describe(
        'Rows that there may be more or less than after the last run of the job that succeeded: a number, or a percentage of those, such as 20%.',
      ),
  })
  .describe(
    'The table has a number of rows between two limits, both included, or not far from that of the last run.',
  );

/** The table has as many rows as are expected. */
export const rowCount: Check<typeof spec> = {
  spec,
  comparesRuns: ({ change }) => change !== undefined,
  name: () => 'row_count',
  mistakes: ({ min, max, change }) =>
    change !== undefined && min === undefined && max === undefined ? [] : limitMistakes({ min, max }),
  run: async ({ min, max, change }, { reader, table, previous }) => {
    const rows = reader.count(table.name);
    const limits = [
      ...(min === undefined ? [] : [`at least ${formatNumber(min)}`]),
      ...(max === undefined ? [] : [`at most ${formatNumber(max)}`]),
    ];
    const isWithin = rows >= (min ?? 0) && (max === undefined || rows <= max);
    if (change === undefined)
      return {
        status: isWithin ? 'held' : 'failed',
        expected: `${limits.join(' and ')} rows`,
        found: counted(rows, 'row'),
      };
    const most = typeof change === 'number' ? counted(change, 'row') : change;
    if (previous === undefined) {
      const expected = [...limits, `at most ${most} more or less than after the run before`].join(' and ');
      const found = `${counted(rows, 'row')}, and no earlier run of the job to compare with`;
      if (!isWithin) return { status: 'failed', expected, found };
      if (limits.length > 0) return { status: 'held', expected, found };
      const detail = 'No earlier run of this job has succeeded and recorded the rows of its table.';
      return { status: 'skipped', expected, found, detail };
    }
    const difference = rows - previous.rows;
    const expected = [...limits, `at most ${most} more or less than ${counted(previous.rows, 'row')}`].join(
      ' and ',
    );
    const words =
      difference === 0
        ? 'as many as'
        : `${formatNumber(Math.abs(difference))} ${difference > 0 ? 'more' : 'less'} than`;
    const isNear = Math.abs(difference) <= rowsOf(change, previous.rows);
    return {
      status: isWithin && isNear ? 'held' : 'failed',
      expected,
      found: `${counted(rows, 'row')}, ${words} after run ${previous.run}`,
    };
  },
};
