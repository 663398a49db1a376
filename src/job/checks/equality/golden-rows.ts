import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { formatOfPath, unreadable } from '../../input/find-input.ts';
import { linesOf } from '../../input/lines.ts';
import type { ColumnSpec } from '../../targets/table-spec.ts';
import type { RowValue } from '../../targets/target.ts';

interface Wanted {
  readonly path: string;
  /** The columns that are read, with their types. */
  readonly columns: readonly ColumnSpec[];
  /** True where the file may have others. */
  readonly othersAllowed: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A row of a golden file, with the values that a table has for it. */
export interface GoldenRow {
  readonly line: number;
  readonly values: readonly RowValue[];
}

/** A record as it is written, by its columns. */
interface WrittenRecord {
  readonly line: number;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Reads a golden file row by row. Whatever is no value of its column is an error that names the line. */
export async function* goldenRows(wanted: Wanted): AsyncGenerator<GoldenRow> {
  const { path, columns, othersAllowed } = wanted;
  const known = new Set(columns.map(({ name }) => name));
  for await (const { line, members } of recordsOf(wanted)) {
    const other = othersAllowed ? undefined : Object.keys(members).find((name) => !known.has(name));
    if (other !== undefined)
      throw badRow(path, line, `there is no column ${JSON.stringify(other)} in the table`);
    const values = columns.map((column) => {
      const value = typedValue(Object.hasOwn(members, column.name) ? members[column.name] : null, column);
      if (value !== undefined) return value;
      const written = JSON.stringify(members[column.name] ?? null);
      throw badRow(path, line, `${written} is no value of the ${column.type} column ${column.name}`);
    });
    yield { line, values };
  }
}

/** The error of a golden file that says something that cannot be. */
export function badRow(path: string, line: number, problem: string): SparkctlError {
  return new SparkctlError({
    code: 'bad-golden-file',
    category: 'input',
    message: `${path}:${line}: ${problem}.`,
    hint: 'Correct the file that the table is compared with.',
    details: { path, line },
  });
}

async function* recordsOf(wanted: Wanted): AsyncGenerator<WrittenRecord> {
  const { path } = wanted;
  try {
    yield* formatOfPath(path) === 'csv' ? csvRecords(wanted) : jsonRecords(wanted);
  } catch (error) {
    throw unreadable(error, path);
  }
}

async function* jsonRecords({ path, signal }: Wanted): AsyncGenerator<WrittenRecord> {
  let line = 0;
  for await (const text of linesOf(path, signal)) {
    line += 1;
    if (text.trim() === '') continue;
    const members = parseObject(text);
    if (members === undefined) throw badRow(path, line, 'it is no JSON object');
    yield { line, members };
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function* csvRecords({ path, columns, signal }: Wanted): AsyncGenerator<WrittenRecord> {
  let header: readonly string[] | undefined;
  let line = 0;
  /** A record goes on in the next line where a field in quotation marks has a line end. */
  let begun: string[] = [];
  let isOpen = false;
  let beganAt = 1;
  for await (const text of linesOf(path, signal)) {
    line += 1;
    if (begun.length === 0) beganAt = line;
    begun.push(text);
    if ((text.match(/"/g)?.length ?? 0) % 2 === 1) isOpen = !isOpen;
    if (isOpen) continue;
    const whole = begun.join('\n').replace(/\r$/, '');
    begun = [];
    if (whole.trim() === '') continue;
    const fields = csvFields(whole);
    if (fields === undefined) throw badRow(path, beganAt, 'it is no record of CSV');
    if (header === undefined) {
      header = fields.map((field) => field ?? '');
      mustName(columns, header, path);
      continue;
    }
    if (fields.length !== header.length)
      throw badRow(path, beganAt, `it has ${fields.length} fields, and the header ${header.length}`);
    const members = Object.fromEntries(header.map((name, index) => [name, fields[index]]));
    // CSV has no other way to write an empty text.
    for (const { name, type, nullable } of columns)
      if (members[name] === null && type === 'text' && !nullable) members[name] = '';
    yield { line: beganAt, members };
  }
  if (isOpen) throw badRow(path, beganAt, 'its quotation marks are not closed');
}

/** Throws unless a header has each column once. */
function mustName(columns: readonly ColumnSpec[], header: readonly string[], path: string): void {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw badRow(path, 1, `the header has ${JSON.stringify(twice)} twice`);
  for (const { name } of columns)
    if (!header.includes(name)) throw badRow(path, 1, `the header has no column ${name}`);
}

/** The fields of a record; null for one that is empty and has no quotation marks. Undefined where it is no record. */
function csvFields(record: string): readonly (string | null)[] | undefined {
  const fields: (string | null)[] = [];
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|$)/y;
  for (;;) {
    const found = field.exec(record);
    if (found === null) return undefined;
    const [, quoted, plain, end] = found;
    fields.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end === '') return field.lastIndex === record.length ? fields : undefined;
  }
}

/** The value that a table has for one that is written; undefined where it is none of the column's type. */
function typedValue(written: unknown, { type, nullable }: ColumnSpec): RowValue | undefined {
  if (written === null || written === undefined) return nullable ? null : undefined;
  switch (type) {
    case 'text':
      return typeof written === 'string' ? written : undefined;
    case 'timestamp':
      return typeof written === 'string' ? asTimestamp(written) : undefined;
    case 'boolean':
      return new Map<unknown, bigint>([
        [true, 1n],
        [false, 0n],
        ['true', 1n],
        ['false', 0n],
        [1, 1n],
        [0, 0n],
        ['1', 1n],
        ['0', 0n],
      ]).get(written);
    case 'integer':
      // A longer number is not what was written any more once JSON has read it; as a text it is.
      if (typeof written === 'number') return Number.isSafeInteger(written) ? BigInt(written) : undefined;
      return typeof written === 'string' && /^-?\d{1,19}$/.test(written) ? BigInt(written) : undefined;
    default: {
      const value = typeof written === 'string' && written.trim() !== '' ? Number(written) : written;
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    }
  }
}

/** The same instant as a table writes it; a text that is none stands for itself. */
function asTimestamp(text: string): string {
  const instant = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? text : new Date(instant).toISOString();
}
