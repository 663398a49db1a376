import { availableParallelism } from 'node:os';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { RowChecksum } from '../../datasets/row-checksum.ts';
import type { Breaking, RowAnswers, RowQuestions, RowValue } from '../target.ts';
import { quoteIdentifier, readTableInfo, type TableInfo } from './table.ts';

/** The rows of a table whose rowid is above one number and not above another, and how many of them are read at a time. */
export interface RowidRange {
  readonly above: bigint;
  readonly upTo: bigint;
  readonly slice: number;
}

/** Enough to make up for the asking, and little enough for an abort to be heard soon. */
const rowsOfSlice = 1000;
/** Long rows are read in shorter slices. */
const bytesOfSlice = 2_000_000;
/** Fewer rows are scanned while a thread would still start. */
const rowsWorthThreads = 30_000;
const mostThreads = 4;
const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/** The parts of a table, with as many rows each, that threads can scan at the same time; one where it is not worth it. */
export function rangesOf(database: Database, table: string, rows: number): readonly RowidRange[] {
  const pragma = (name: string) => database.pragma(name, { simple: true });
  const bytes = Number(pragma('page_count')) * Number(pragma('page_size'));
  const slice = Math.max(1, Math.min(rowsOfSlice, Math.floor((bytesOfSlice * rows) / bytes)));
  const rowid = rowidOf(database, table);
  // A connection to a write-ahead log may see what was committed since this one has begun.
  const isAlone = rowid === undefined || rows < rowsWorthThreads || pragma('journal_mode') === 'wal';
  const parts = isAlone ? 1 : Math.min(availableParallelism(), mostThreads);
  const ends: bigint[] = [];
  for (let part = 1; part < parts; part++) {
    const end = database
      .prepare<[number], bigint>(
        `SELECT ${rowid} FROM ${quoteIdentifier(table)} ORDER BY ${rowid} LIMIT 1 OFFSET ?`,
      )
      .pluck()
      .safeIntegers()
      .get(Math.floor((rows * part) / parts));
    if (end !== undefined) ends.push(end);
  }
  return [...ends, highest].map((upTo, part) => ({ above: ends[part - 1] ?? lowest, upTo, slice }));
}

/** Answers questions about the rows of a range, slice by slice. */
export function* scanRows(
  database: Database,
  table: string,
  questions: RowQuestions,
  range: RowidRange,
): Generator<void, RowAnswers> {
  const rowid = rowidOf(database, table);
  const { checksum = [], patterns, keyColumns, sampleLimit } = questions;
  const answers = new Answers(questions);
  let packing = rowid === undefined ? undefined : packingOf(database, table, questions);
  for (const slice of slices(database, table, rowid, range)) {
    // Where one slice holds what cannot be packed, others will, too.
    if (packing !== undefined && !answers.addPacked(slice.packed(packing))) packing = undefined;
    if (packing === undefined) {
      const columns = [...checksum, ...patterns.map(({ column }) => column)];
      for (const rows of slice.rows(columns.map(quoteIdentifier).join(', '))) answers.addRows(rows);
    }
    yield;
  }
  const breaking = answers.breaking.map(({ column, expression, rows }): Breaking => {
    // They are looked for only once it is known that there are some.
    if (rows === 0) return { rows, samples: [] };
    const select = [...keyColumns, column].map(quoteIdentifier).join(', ');
    const samples = samplesOf(slices(database, table, rowid, range), select, expression, sampleLimit);
    return { rows, samples };
  });
  return { checksum: answers.sums.sums, breaking };
}

/** The first rows whose last value breaks a pattern. */
function samplesOf(
  slicesOfTable: Iterable<Slice>,
  select: string,
  expression: RegExp,
  limit: number,
): Breaking['samples'] {
  const samples: { key: RowValue[]; value: RowValue }[] = [];
  for (const slice of slicesOfTable) {
    for (const rows of slice.rows(select)) {
      for (const row of rows) {
        const value = row.at(-1) ?? null;
        if (!breaks(expression, value)) continue;
        samples.push({ key: row.slice(0, -1), value });
        if (samples.length === limit) return samples;
      }
    }
  }
  return samples;
}

/** The answers so far. */
class Answers {
  readonly sums = new RowChecksum();
  readonly breaking: { readonly column: string; readonly expression: RegExp; rows: number }[];
  readonly #summed: number;

  constructor({ checksum = [], patterns }: RowQuestions) {
    this.#summed = checksum.length;
    this.breaking = patterns.map(({ column, matches }) => ({
      column,
      expression: new RegExp(matches, 'u'),
      rows: 0,
    }));
  }

  /** Adds rows of the columns that are added up, and then those with a pattern. */
  addRows(rows: readonly RowValue[][]): void {
    for (const row of rows) {
      if (this.#summed > 0) this.sums.add(row.slice(0, this.#summed));
      for (const [index, pattern] of this.breaking.entries())
        if (breaks(pattern.expression, row[this.#summed + index] ?? null)) pattern.rows += 1;
    }
  }

  /** Adds a packed slice; false, and nothing is added, where it cannot be told apart again: a value holds the separator, or has no text. */
  addPacked(slice: PackedSlice | undefined): boolean {
    if (slice === undefined) return false;
    const [rows, packed, ...columns] = slice;
    const values = columns
      .slice(0, this.breaking.length)
      .map((column) => String(column ?? '').split(separator));
    const filled = columns.slice(this.breaking.length);
    if (values.some(({ length }, index) => filled[index] !== 0 && length !== filled[index])) return false;
    const ends = packed === null ? [] : endsOfRows(packed);
    if (this.#summed > 0 && ends.length !== rows) return false;
    let start = 0;
    for (const end of ends) {
      this.sums.addText(packed?.subarray(start, end) ?? '');
      start = end + 1;
    }
    for (const [index, pattern] of this.breaking.entries()) {
      if (filled[index] === 0) continue;
      for (const value of values[index] ?? []) if (!pattern.expression.test(value)) pattern.rows += 1;
    }
    return true;
  }
}

/** Tells whether a value is there and does not match. */
function breaks(expression: RegExp, value: RowValue): boolean {
  return value !== null && !expression.test(String(value));
}

const separator = '\u001e';

/** The number of rows, all of their texts, and for each pattern the texts of its column and then for each their number. */
type PackedSlice = readonly [rows: number, packed: Buffer | null, ...columns: (string | number | null)[]];

function endsOfRows(packed: Buffer): readonly number[] {
  const ends: number[] = [];
  const code = separator.charCodeAt(0);
  for (let end = packed.indexOf(code); end !== -1; end = packed.indexOf(code, end + 1)) ends.push(end);
  ends.push(packed.length);
  return ends;
}

/**
 * The SQL by which SQLite itself puts the texts of a slice together: a value that comes by itself takes longer than all that is
 * done with it. Undefined where a column may hold what has no such text; of a strict table it is known what a column holds.
 */
function packingOf(
  database: Database,
  table: string,
  { checksum = [], patterns }: RowQuestions,
): string | undefined {
  const info = readTableInfo(database, table);
  if (info?.strict !== true || database.pragma('encoding', { simple: true }) !== 'UTF-8') return undefined;
  const columnOf = new Map(info.columns.map((column) => [column.name, column]));
  const texts = checksum.map((column) => textOf(columnOf.get(column)));
  const columns = patterns.map(({ column }) => quoteIdentifier(column));
  const areTexts = patterns.every(({ column }) =>
    ['TEXT', 'INTEGER'].includes(columnOf.get(column)?.type ?? ''),
  );
  if (!areTexts || texts.includes(undefined) || texts.length > mostTexts) return undefined;
  const row =
    texts.length === 0 ? 'NULL' : `group_concat(concat_ws(char(31), ${texts.join(', ')}), char(30))`;
  return [
    'count(*)',
    `CAST(${row} AS BLOB)`,
    ...columns.map((column) => `group_concat(${column}, char(30))`),
    ...columns.map((column) => `count(${column})`),
  ].join(', ');
}

/** Functions of SQLite take a limited number of arguments. */
const mostTexts = 100;

/** The SQL of a column's text as `valueText` gives it; undefined where there is none. The separator of rows, which spoils the slice, for a real that JavaScript may write otherwise. */
function textOf(column: TableInfo['columns'][number] | undefined): string | undefined {
  if (column === undefined) return undefined;
  const name = quoteIdentifier(column.name);
  const { type, notNull } = column;
  if (type === 'TEXT' || type === 'INTEGER') return notNull ? name : `coalesce(${name}, char(0))`;
  if (type !== 'REAL') return undefined;
  // Hundredths of this size are the shortest decimal numbers for their values, and so is any text without more digits. Most
  // reals are amounts of money: the first case asks no function.
  return `CASE WHEN ${name} BETWEEN 0.01 AND 1e10 AND CAST(${name} * 100 + 0.5 AS INTEGER) / 100.0 = ${name}
      AND ${name} <> CAST(${name} AS INTEGER) THEN ${name}
    WHEN ${name} IS NULL THEN char(0)
    WHEN abs(${name}) < 1e15 AND ${name} = CAST(${name} AS INTEGER) THEN CAST(${name} AS INTEGER)
    WHEN abs(${name}) >= 1e-3 AND abs(${name}) < 1e11 AND CAST(round(${name} * 1000) AS INTEGER) / 1000.0 = ${name}
      AND length(${name}) <= 16 THEN ${name}
    ELSE char(30) END`;
}

/** Some rows of a table, of which more than one thing can be asked. */
interface Slice {
  /** Undefined where it would be longer than anything in SQLite may be. */
  packed(select: string): PackedSlice | undefined;
  rows(select: string): Iterable<readonly RowValue[][]>;
}

/** The rows of a range, so many at a time: asking for each by itself takes twice as long. A table without rowids is one slice: between its rows nothing else could be asked. */
function* slices(
  database: Database,
  table: string,
  rowid: string | undefined,
  range: RowidRange,
): Generator<Slice> {
  const from = `FROM ${quoteIdentifier(table)}`;
  const prepared = new Map<string, Statement<unknown[], unknown>>();
  const prepare = (select: string, where: string) => {
    const known = prepared.get(select);
    if (known !== undefined) return known;
    const statement = database.prepare<unknown[], unknown>(`SELECT ${select} ${from} ${where}`).raw();
    prepared.set(select, statement);
    return statement;
  };
  if (rowid === undefined) {
    yield {
      packed: () => undefined,
      rows: (select) => inPieces(prepare(select, '').safeIntegers().iterate() as Iterable<RowValue[]>),
    };
    return;
  }
  const within = `WHERE ${rowid} > ? AND ${rowid} <= ?`;
  const inOrder = `${within} ORDER BY ${rowid}`;
  const lastOfSlice = database
    .prepare<[bigint, bigint], bigint>(`SELECT ${rowid} ${from} ${inOrder} LIMIT 1 OFFSET ${range.slice - 1}`)
    .pluck()
    .safeIntegers();
  for (let { above } = range; above < range.upTo; ) {
    const start = above;
    const end = lastOfSlice.get(above, range.upTo) ?? range.upTo;
    yield {
      packed: (select) => unlessTooBig(() => prepare(select, within).get(start, end) as PackedSlice),
      rows: (select) => [prepare(select, inOrder).safeIntegers().all(start, end) as RowValue[][]],
    };
    above = end;
  }
}

function unlessTooBig<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && error.code === 'SQLITE_TOOBIG') return undefined;
    throw error;
  }
}

function* inPieces(rows: Iterable<RowValue[]>): Generator<readonly RowValue[][]> {
  let piece: RowValue[][] = [];
  for (const row of rows) {
    piece.push(row);
    if (piece.length < rowsOfSlice) continue;
    yield piece;
    piece = [];
  }
  yield piece;
}

/** A name for the rowid of a table; undefined where it has none, or where columns have taken all of its names. */
function rowidOf(database: Database, table: string): string | undefined {
  const isRowidTable = database
    .prepare<[string], number>(
      `SELECT count(*) FROM pragma_table_list(?) WHERE schema = 'main' AND type = 'table' AND wr = 0`,
    )
    .pluck()
    .get(table);
  if (isRowidTable !== 1) return undefined;
  const taken = readTableInfo(database, table)?.columns.map(({ name }) => name.toLowerCase());
  return ['rowid', '_rowid_', 'oid'].find((name) => taken?.includes(name) === false);
}
