import type { TableSpec } from '../../targets/table-spec.ts';
import type { RowValue, TargetReader } from '../../targets/target.ts';
import { sampleLimit } from '../check.ts';
import { counted, showKey } from '../show-value.ts';

/** The first rows that are there more than once, or whose key nobody expected, one sentence each. */
export function explainSurplus(
  reader: TargetReader,
  table: TableSpec,
  isUnexpected: (key: readonly RowValue[]) => boolean,
): readonly string[] {
  const { samples } = reader.repeated(table.name, table.primaryKey, sampleLimit);
  const sentences = samples.map(
    ({ values, rows }) => `Row ${showKey(table.primaryKey, values)}: it is there ${counted(rows, 'time')}.`,
  );
  for (const key of reader.rows(table.name, table.primaryKey)) {
    if (sentences.length >= sampleLimit) break;
    if (isUnexpected(key)) sentences.push(`Row ${showKey(table.primaryKey, key)}: it is not expected.`);
  }
  return sentences;
}
