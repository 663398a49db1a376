import type { RowValue } from '../targets/target.ts';
import { compareKeys, compareValues } from './compare-keys.ts';
import type { KeptTable } from './kept-table.ts';

/** A value as JSON can have it: of a whole number that is too long for it, and of bytes, the text. */
type PlainValue = string | number | null;

/** A value of a row that is another in the second table. */
interface ChangedValue {
  readonly column: string;
  readonly a: PlainValue;
  readonly b: PlainValue;
}

/** Rows of one kind: how many, and the first of them. */
interface DifferingRows {
  readonly rows: number;
  readonly samples: readonly {
    readonly key: readonly PlainValue[];
    readonly values?: readonly ChangedValue[];
  }[];
}

export interface TableDiff {
  readonly primaryKey: readonly string[];
  readonly rows: { readonly a: number; readonly b: number };
  readonly added: DifferingRows;
  readonly removed: DifferingRows;
  readonly changed: DifferingRows;
  /** The number of rows in which each column has changed, of the columns that have. */
  readonly columns: Readonly<Record<string, number>>;
  /** Columns that one of the tables has alone: they are not compared. */
  readonly only: { readonly a: readonly string[]; readonly b: readonly string[] };
}

interface Found {
  rows: number;
  samples: { key: readonly PlainValue[]; values?: readonly ChangedValue[] }[];
}

/** Compares two tables with the same key, row by row in the order of the keys: never more than one row of each is in memory. */
export async function diffTables(a: KeptTable, b: KeptTable, sampleLimit: number): Promise<TableDiff> {
  const common = a.columns.filter((column) => b.columns.includes(column));
  const placesOf = (table: KeptTable, columns: readonly string[]) =>
    columns.map((column) => table.columns.indexOf(column));
  const [keyA, keyB] = [placesOf(a, a.primaryKey), placesOf(b, a.primaryKey)];
  const [valuesA, valuesB] = [placesOf(a, common), placesOf(b, common)];
  const counts = { a: 0, b: 0 };
  const found = { added: none(), removed: none(), changed: none() };
  const columns = new Map<string, number>();
  const note = (kind: keyof typeof found, key: readonly RowValue[], values?: readonly ChangedValue[]) => {
    found[kind].rows += 1;
    if (found[kind].samples.length < sampleLimit)
      found[kind].samples.push({ key: key.map(plain), ...(values && { values }) });
  };
  let [one, other] = [await a.rows.next(), await b.rows.next()];
  while (!one.done || !other.done) {
    const key = one.done ? undefined : pick(one.value, keyA);
    const otherKey = other.done ? undefined : pick(other.value, keyB);
    const order = key === undefined ? 1 : otherKey === undefined ? -1 : compareKeys(key, otherKey);
    if (order < 0 && key !== undefined) note('removed', key);
    if (order > 0 && otherKey !== undefined) note('added', otherKey);
    if (order === 0 && key !== undefined && !one.done && !other.done) {
      const [before, after] = [pick(one.value, valuesA), pick(other.value, valuesB)];
      const values = common.flatMap((column, index): ChangedValue[] => {
        const [x, y] = [before[index] ?? null, after[index] ?? null];
        return compareValues(x, y) === 0 ? [] : [{ column, a: plain(x), b: plain(y) }];
      });
      for (const { column } of values) columns.set(column, (columns.get(column) ?? 0) + 1);
      if (values.length > 0) note('changed', key, values);
    }
    if (order <= 0) {
      counts.a += 1;
      one = await a.rows.next();
    }
    if (order >= 0) {
      counts.b += 1;
      other = await b.rows.next();
    }
  }
  return {
    primaryKey: a.primaryKey,
    rows: counts,
    ...found,
    columns: Object.fromEntries(columns),
    only: {
      a: a.columns.filter((column) => !common.includes(column)),
      b: b.columns.filter((column) => !common.includes(column)),
    },
  };
}

function plain(value: RowValue): PlainValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
    ? String(value)
    : value;
}

function none(): Found {
  return { rows: 0, samples: [] };
}

function pick(row: readonly RowValue[], places: readonly number[]): readonly RowValue[] {
  return places.map((place) => row[place] ?? null);
}
