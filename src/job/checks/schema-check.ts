import type { Check } from './check.ts';
import { sampleLimit } from './check.ts';
import { counted } from './show-value.ts';

/** The table is exactly as the manifest specifies it, and the database file is sound. */
export const schemaCheck: Check<'schema'> = {
  name: () => 'schema',
  mistakes: () => [],
  run: async (_spec, { reader, table }) => {
    const expected = `${counted(table.columns.length, 'typed column')}, primary key (${table.primaryKey.join(', ')}), a sound database`;
    const differences = reader.tableDifferences(table);
    const damages = reader.integrityProblems(sampleLimit);
    if (differences.length === 0 && damages.length === 0)
      return { status: 'held', expected, found: 'exactly so' };
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
