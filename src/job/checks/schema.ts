import { z } from 'zod';
import { counted } from '../../system/format-number.ts';
import { type Check, sampleLimit } from './check.ts';

const spec = z
  .strictObject({ kind: z.literal('schema') })
  .describe('The table has the columns, types and primary key of the manifest, and the database is sound.');

/** The table matches its specification, and the database is sound. */
export const schema: Check<typeof spec> = {
  spec,
  name: () => 'schema',
  run: async (_spec, { reader, table }) => {
    const expected = `${counted(table.columns.length, 'typed column')}, primary key (${table.primaryKey.join(', ')}), a sound database`;
    const differences = reader.tableDifferences(table);
    const damages = reader.integrityProblems(sampleLimit);
    if (differences.length === 0 && damages.length === 0)
      return { status: 'held', expected, found: 'matches the manifest' };
    const found = [
      ...(differences.length === 0
        ? []
        : [`a table that differs in ${counted(differences.length, 'point')}`]),
      ...(damages.length === 0 ? [] : ['a damaged database']),
    ].join(', ');
    const detail = [
      ...differences.map((difference) => `The table ${table.name}: ${difference}.`),
      ...damages,
    ].join('\n');
    return { status: 'failed', expected, found, detail };
  },
};
