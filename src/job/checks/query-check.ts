import { type Check, sampleLimit } from './check.ts';
import { counted, showKey } from './show-value.ts';

/** A query that looks for what is wrong finds nothing: SQLite's own opinion of what Spark computed. */
export const queryCheck: Check<'query'> = {
  name: ({ name }) => `query (${name})`,
  mistakes: () => [],
  run: async ({ sql }, { reader }) => {
    const expected = 'a query that finds no row';
    const { columns, rows, samples } = reader.query(sql, sampleLimit);
    if (rows === 0) return { status: 'held', expected, found: 'none' };
    const detail = samples.map((row) => `${showKey(columns, row)}.`).join('\n');
    return { status: 'failed', expected, found: counted(rows, 'row'), detail };
  },
};
