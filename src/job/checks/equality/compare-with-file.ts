import { counted, formatNumber } from '../../../system/format-number.ts';
import { valueText } from '../../datasets/row-checksum.ts';
import type { ColumnSpec, TableSpec } from '../../targets/table-spec.ts';
import type { RowValue } from '../../targets/target.ts';
import { type CheckContext, sampleLimit, type Verdict } from '../check.ts';
import type { FaultyRow } from '../faulty-rows.ts';
import { showKey, showValue } from '../show-value.ts';
import { badRow, goldenRows } from './golden-rows.ts';

interface Asked {
  readonly path: string;
  readonly columns?: readonly string[] | undefined;
}

type Values = Readonly<Record<string, RowValue>>;

/** A row that is not the same on both sides: the values that differ, or all of them where one side has none. */
interface Difference {
  readonly difference: 'missing' | 'changed' | 'unexpected';
  readonly key: readonly RowValue[];
  readonly expected?: Values;
  readonly found?: Values;
}

/** The keys of the file are kept in memory, which has to end somewhere. */
const mostRows = 1_000_000;

/** Compares a table with a file, row by row. */
export async function compareWithFile(asked: Asked, context: CheckContext): Promise<Verdict> {
  const { reader, table } = context;
  const compared = comparedColumns(asked, table);
  const expected = `the rows of ${asked.path}`;
  const present = new Set(reader.tableInfo(table.name)?.columns.map(({ name }) => name));
  const absent = compared.find(({ name }) => !present.has(name));
  if (absent !== undefined) return { status: 'failed', expected, found: `no column ${absent.name}` };
  const counts = { missing: 0, changed: 0, unexpected: 0 };
  const samples: string[] = [];
  for await (const each of differencesFrom(asked, compared, context)) {
    counts[each.difference] += 1;
    if (samples.length < sampleLimit) samples.push(sentence(each, table));
  }
  const rows = counts.missing + counts.changed + counts.unexpected;
  const of = reader.count(table.name);
  if (rows === 0) return { status: 'held', expected, found: `all ${counted(of, 'row')}` };
  const { missing, changed, unexpected } = counts;
  return {
    status: 'failed',
    expected,
    found: `${formatNumber(missing)} missing, ${formatNumber(changed)} changed, ${formatNumber(unexpected)} unexpected`,
    detail: samples.join('\n'),
    faulty: { rows, of, each: () => faultyRows(asked, compared, context) },
  };
}

/** The key, and then the columns that are compared. */
function comparedColumns({ columns }: Asked, { primaryKey, columns: all }: TableSpec): readonly ColumnSpec[] {
  const key = all.filter(({ name }) => primaryKey.includes(name));
  const others = all.filter(({ name }) => !primaryKey.includes(name) && (columns?.includes(name) ?? true));
  return [...key, ...others];
}

async function* differencesFrom(
  { path, columns }: Asked,
  compared: readonly ColumnSpec[],
  { reader, table, signal }: CheckContext,
): AsyncGenerator<Difference> {
  const names = compared.map(({ name }) => name);
  const places = table.primaryKey.map((column) => names.indexOf(column));
  const keyOf = (values: readonly RowValue[]) => places.map((place) => values[place] ?? null);
  const all = (values: readonly RowValue[]) => pick(names, values, () => true);
  const find = reader.rowFinder(table.name, table.primaryKey, names);
  const keys = new Set<string>();
  for await (const { line, values } of goldenRows({
    path,
    columns: compared,
    othersAllowed: columns !== undefined,
    signal,
  })) {
    const key = keyOf(values);
    const text = textOf(key);
    if (keys.has(text))
      throw badRow(path, line, `the key ${showKey(table.primaryKey, key)} is there already`);
    if (keys.size === mostRows)
      throw badRow(path, line, `a file may have at most ${counted(mostRows, 'row')} to be compared with`);
    keys.add(text);
    const found = find(key);
    if (found === undefined) {
      yield { difference: 'missing', key, expected: all(values) };
      continue;
    }
    const differs = (index: number) => !isSame(values[index] ?? null, found[index] ?? null);
    const expected = pick(names, values, differs);
    if (Object.keys(expected).length > 0)
      yield { difference: 'changed', key, expected, found: pick(names, found, differs) };
  }
  for (const row of reader.rows(table.name, names)) {
    const key = keyOf(row);
    // Once it is met it is used up: a table without its key may have it twice.
    if (!keys.delete(textOf(key))) yield { difference: 'unexpected', key, found: all(row) };
  }
}

async function* faultyRows(
  asked: Asked,
  compared: readonly ColumnSpec[],
  context: CheckContext,
): AsyncGenerator<FaultyRow> {
  const { primaryKey } = context.table;
  for await (const { difference, key, expected, found } of differencesFrom(asked, compared, context))
    yield {
      difference,
      key: pick(primaryKey, key, () => true),
      ...(expected && { expected }),
      ...(found && { found }),
    };
}

function textOf(key: readonly RowValue[]): string {
  return key.map(valueText).join('\u001f');
}

/** Numbers are the same where their values are: a column of reals may have a whole one. */
function isSame(one: RowValue, other: RowValue): boolean {
  const numbers = [one, other].every((value) => typeof value === 'number' || typeof value === 'bigint');
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1, which is exact
  return numbers ? one == other : one === other;
}

function pick(
  names: readonly string[],
  values: readonly RowValue[],
  wanted: (index: number) => boolean,
): Values {
  return Object.fromEntries(
    names.flatMap((name, index) => (wanted(index) ? [[name, values[index] ?? null] as const] : [])),
  );
}

function sentence({ difference, key, expected = {}, found = {} }: Difference, table: TableSpec): string {
  const changes = Object.entries(expected).map(
    ([column, value]) => `${column} is ${showValue(found[column] ?? null)}, expected ${showValue(value)}`,
  );
  const words = { missing: 'it is missing', changed: changes.join('; '), unexpected: 'it is not expected' };
  return `Row ${showKey(table.primaryKey, key)}: ${words[difference]}.`;
}
