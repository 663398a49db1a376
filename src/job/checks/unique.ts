import { z } from 'zod';
import { counted } from '../../system/format-number.ts';
import { unknownColumn } from '../targets/table-spec.ts';
import { allColumns, type Check, named, sampleLimit } from './check.ts';
import { showKey } from './show-value.ts';

const spec = z
  .strictObject({
    kind: z.literal('unique'),
    columns: z.array(z.string()).min(1).describe('Columns that together never repeat.'),
  })
  .describe('No two rows share these columns.');

/** No two rows share the values of these columns. */
export const unique: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ columns }) => `unique (${columns.join(', ')})`,
  mistakes: ({ columns }, { table }) =>
    columns.flatMap((column, index) => unknownColumn(column, ['columns', index], table)),
  run: async ({ columns }, context) => {
    const { reader, table } = context;
    const expected = `no two rows with the same ${columns.join(', ')}`;
    const { groups, rows: repeated, samples } = reader.repeated(table.name, columns, sampleLimit);
    if (groups === 0) {
      return { status: 'held', expected, found: `none among ${counted(reader.count(table.name), 'row')}` };
    }
    return {
      status: 'failed',
      expected,
      found: `${counted(groups, 'value')} that more than one row has`,
      detail: samples
        .map(({ values, rows }) => `${showKey(columns, values)} is in ${counted(rows, 'row')}.`)
        .join('\n'),
      faulty: {
        rows: repeated,
        of: reader.count(table.name),
        each: () => {
          const shown = allColumns(context);
          return named(shown, reader.repeatedRows(table.name, columns, shown));
        },
      },
    };
  },
};
