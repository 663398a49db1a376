import { z } from 'zod';
import { counted } from '../../system/format-number.ts';
import { type Check, named, sampleLimit } from './check.ts';
import { showKey } from './show-value.ts';

const spec = z
  .strictObject({
    kind: z.literal('query'),
    name: z.string().min(1).describe('What must hold, in a few words.'),
    sql: z.string().min(1).describe('A SELECT for SQLite that finds what is wrong.'),
  })
  .describe('A query over the database finds no row.');

/** A query that looks for what is wrong finds nothing: the target's own opinion of what Spark computed. */
export const query: Check<typeof spec> = {
  spec,
  tolerates: 'rows',
  name: ({ name }) => `query (${name})`,
  mistakes: async ({ sql }, { queryProblem }) => {
    const message = await queryProblem?.(sql);
    return message === undefined ? [] : [{ at: ['sql'], message }];
  },
  run: async ({ sql }, { reader, table }) => {
    const expected = 'a query that finds no row';
    const { columns, rows, samples } = reader.query(sql, sampleLimit);
    if (rows === 0) return { status: 'held', expected, found: 'none' };
    const detail = samples.map((row) => `${showKey(columns, row)}.`).join('\n');
    const each = () => named(columns, reader.queryRows(sql));
    const faulty = { rows, of: reader.count(table.name), each };
    return { status: 'failed', expected, found: counted(rows, 'row'), detail, faulty };
  },
};
