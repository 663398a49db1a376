import { z } from 'zod';
import { formatAge, parseDuration } from '../../system/duration.ts';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Mistake, RowValue } from '../targets/target.ts';
import type { Check, SpecFacts } from './check.ts';
import { showValue } from './show-value.ts';

const spec = z
  .strictObject({
    kind: z.literal('freshness'),
    column: z.string().describe('A timestamp column, or one of text with dates: 2026-01-31.'),
    maxAge: z
      .string()
      .refine(
        (text) => parseDuration(text) !== undefined,
        'a duration is a number with m, h or d, such as 36h',
      )
      .describe('The age that the newest value may have when the result is checked, such as 2d.'),
  })
  .describe('The newest value of a column is not older than a duration.');

/** The newest time in a column is not too long ago. */
export const freshness: Check<typeof spec> = {
  spec,
  name: ({ column }) => `freshness (${column})`,
  mistakes: ({ column }, facts) => [
    ...unknownColumn(column, ['column'], facts.table),
    ...noTimes(column, facts),
  ],
  run: async ({ column, maxAge }, { reader, table }) => {
    const expected = `a ${column} within ${maxAge} of now`;
    const newest = reader.greatest(table.name, column);
    if (newest === null) return { status: 'failed', expected, found: 'none at all' };
    const at = instantOf(newest);
    if (at === undefined)
      return { status: 'failed', expected, found: `${showValue(newest)}, which is no time` };
    const ageMs = Date.now() - at;
    const age = ageMs < 0 ? 'still to come' : `${formatAge(ageMs)} ago`;
    const found = `${String(newest)} as the newest, ${age}`;
    return { status: ageMs <= (parseDuration(maxAge) ?? 0) ? 'held' : 'failed', expected, found };
  },
};

function noTimes(column: string, { table }: SpecFacts): readonly Mistake[] {
  const type = table.columns.find(({ name }) => name === column)?.type;
  if (type === undefined || type === 'timestamp' || type === 'text') return [];
  return [
    { at: ['column'], message: `the ${type} column "${column}" has no times; it must be timestamp or text` },
  ];
}

/** A date, or a date and a time with its zone; UTC where it has none, as timestamps of a table are. */
const written = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function instantOf(value: RowValue): number | undefined {
  const found = typeof value === 'string' ? written.exec(value) : null;
  if (found === null) return undefined;
  const [text, zone] = found;
  const instant = Date.parse(
    text.length === 10 || zone !== undefined ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`,
  );
  return Number.isNaN(instant) ? undefined : instant;
}
