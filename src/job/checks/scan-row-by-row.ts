import { RowChecksum } from '../datasets/row-checksum.ts';
import type { RowAnswers, RowQuestions, RowValue, TargetReader } from '../targets/target.ts';
import { inSlices } from './check.ts';

/** Answers questions about every row of a target that has no faster way: it gives one row after the other. */
export async function scanRowByRow(
  reader: TargetReader,
  table: string,
  { checksum = [], patterns, keyColumns, sampleLimit }: RowQuestions,
  signal: AbortSignal | undefined,
): Promise<RowAnswers> {
  const sums = new RowChecksum();
  const breaking = patterns.map(({ matches }, index) => ({
    expression: new RegExp(matches, 'u'),
    place: checksum.length + keyColumns.length + index,
    rows: 0,
    samples: [] as { key: readonly RowValue[]; value: RowValue }[],
  }));
  const columns = [...checksum, ...keyColumns, ...patterns.map(({ column }) => column)];
  await inSlices(reader.rows(table, columns), signal, (row) => {
    if (checksum.length > 0) sums.add(row.slice(0, checksum.length));
    for (const found of breaking) {
      const value = row[found.place] ?? null;
      if (value === null || found.expression.test(String(value))) continue;
      found.rows += 1;
      const key = row.slice(checksum.length, checksum.length + keyColumns.length);
      if (found.samples.length < sampleLimit) found.samples.push({ key, value });
    }
  });
  return { checksum: sums.sums, breaking: breaking.map(({ rows, samples }) => ({ rows, samples })) };
}
