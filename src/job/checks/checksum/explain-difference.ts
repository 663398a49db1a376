import { counted } from '../../../system/format-number.ts';
import { KeyBitmap } from '../../datasets/key-bitmap.ts';
import type { Ledger } from '../../datasets/ledger.ts';
import { regenerateLoadedRows } from '../../datasets/registry.ts';
import { valueText } from '../../datasets/row-checksum.ts';
import type { TableSpec } from '../../targets/table-spec.ts';
import type { RowValue, TargetReader } from '../../targets/target.ts';
import { type CheckContext, inSlices, sampleLimit } from '../check.ts';
import { showKey, showValue } from '../show-value.ts';

/**
 * The first rows in which a table differs from what the ledger's generator wrote, one sentence each. A checksum only
 * says that something differs; the generator can say what, because it can write the same rows again.
 */
export async function explainDifference(
  { reader, table, signal }: Omit<CheckContext, 'scan'>,
  ledger: Ledger,
  rowsInTable: number,
): Promise<readonly string[]> {
  const rows = await regenerateLoadedRows(ledger);
  const keyIndexes = table.primaryKey.map((column) => ledger.columns.indexOf(column));
  if (rows === undefined || keyIndexes.includes(-1)) return [];
  const find = reader.rowFinder(table.name, table.primaryKey, ledger.columns);
  const keys = new KeyBitmap();
  const differences: string[] = [];
  let present = 0;
  const enough = () => differences.length >= sampleLimit;
  await inSlices(until(enough, rows), signal, ({ values: expected }) => {
    const key = keyIndexes.map((index) => typedValue(expected[index] ?? '', ledger.columns[index], table));
    const found = find(key);
    if (found !== undefined) present += 1;
    const changes =
      found === undefined ? ['it is missing'] : changedValues(ledger.columns, expected, found, table);
    if (changes.length > 0) differences.push(`Row ${showKey(table.primaryKey, key)}: ${changes.join('; ')}.`);
    if (isSmallKey(key)) keys.add(Number(key[0]));
  });
  if (enough() || rowsInTable <= present) return differences;
  const surplus = explainSurplus(reader, table, (key) => !isSmallKey(key) || !keys.has(Number(key[0])));
  return [...differences, ...surplus].slice(0, sampleLimit);
}

/** Stops drawing rows as soon as enough is known. */
function* until<Row>(enough: () => boolean, rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) {
    if (enough()) return;
    yield row;
  }
}

/** The value that a row's text stands for, so that it is looked up and shown as one of its column's type. */
function typedValue(text: string, column: string | undefined, table: TableSpec): RowValue {
  if (text === '\u0000') return null;
  const type = table.columns.find(({ name }) => name === column)?.type;
  if (type === 'integer' || type === 'boolean') return BigInt(text);
  return type === 'real' ? Number(text) : text;
}

function changedValues(
  columns: readonly string[],
  expected: readonly string[],
  found: readonly RowValue[],
  table: TableSpec,
): readonly string[] {
  const changes: string[] = [];
  for (const [index, column] of columns.entries()) {
    const wanted = expected[index] ?? '';
    const there = found[index] ?? null;
    if (valueText(there) === wanted) continue;
    changes.push(
      `${column} is ${showValue(there)}, expected ${showValue(typedValue(wanted, column, table))}`,
    );
  }
  return changes;
}

/** Keys that fit a bitmap: a single whole number, not absurdly large. */
function isSmallKey(key: readonly RowValue[]): boolean {
  const [only] = key;
  return key.length === 1 && typeof only === 'bigint' && only >= 0n && only < 2n ** 30n;
}

/** The first rows that are there more than once, or whose key is not expected, one sentence each. */
function explainSurplus(
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
