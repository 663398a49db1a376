import type { SqliteValue } from '../../targets/sqlite/connection.ts';
import type { DatabaseReader } from '../../targets/sqlite/database-reader.ts';
import type { TableSpec } from '../../targets/table-spec.ts';
import { sampleLimit } from '../check.ts';
import { counted, showKey } from '../show-value.ts';

/** The first rows that are there more than once, or whose key nobody expected, one sentence each. */
export function explainSurplus(
  database: DatabaseReader,
  table: TableSpec,
  isUnexpected: (key: readonly SqliteValue[]) => boolean,
): readonly string[] {
  const { samples } = database.repeated(table.name, table.primaryKey, sampleLimit);
  const sentences = samples.map(
    ({ values, rows }) => `Row ${showKey(table.primaryKey, values)}: it is there ${counted(rows, 'time')}.`,
  );
  for (const key of database.rows(table.name, table.primaryKey)) {
    if (sentences.length >= sampleLimit) break;
    if (isUnexpected(key)) sentences.push(`Row ${showKey(table.primaryKey, key)}: it is not expected.`);
  }
  return sentences;
}
