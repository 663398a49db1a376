import { type Check, sampleLimit } from './check.ts';
import { unknownColumns } from './known-columns.ts';
import { counted, showKey } from './show-value.ts';

/** No two rows share the values of these columns. */
export const uniqueCheck: Check<'unique'> = {
  name: ({ columns }) => `unique (${columns.join(', ')})`,
  mistakes: (spec, table) => unknownColumns(uniqueCheck.name(spec), spec.columns, table),
  run: async ({ columns }, { reader, table }) => {
    const expected = `no two rows with the same ${columns.join(', ')}`;
    const { groups, samples } = reader.repeated(table.name, columns, sampleLimit);
    if (groups === 0) {
      return { status: 'held', expected, found: `none among ${counted(reader.count(table.name), 'row')}` };
    }
    return {
      status: 'failed',
      expected,
      found: `${counted(groups, 'value')} that more than one row has`,
      detail: samples
        .map(({ values, rows }) => `${showKey(columns, values)} is there in ${counted(rows, 'row')}.`)
        .join('\n'),
    };
  },
};
