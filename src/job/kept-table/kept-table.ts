import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode, wrapWriteError } from '../../system/errors/system-error.ts';
import { hold } from '../../system/files/hold.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { linesOf } from '../input/lines.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { RowValue, TargetReader } from '../targets/target.ts';
import { compareKeys } from './compare-keys.ts';

/** The file of a table as a run has left it: a line about the table, and then one for each row in the order of the keys. */
export const keptTableFile = 'table.jsonl.gz';

const header = z.object({
  schemaVersion: z.literal(1),
  table: z.string(),
  primaryKey: z.array(z.string()).min(1),
  columns: z.array(z.string()).min(1),
});

type Header = z.output<typeof header>;

/** Values that no number of JSON can be: a longer whole number, one that is no number, bytes. */
const tagged = z.union([
  z.strictObject({ integer: z.string().regex(/^-?\d{1,19}$/) }),
  z.strictObject({ real: z.enum(['NaN', 'Infinity', '-Infinity']) }),
  z.strictObject({ bytes: z.string().regex(/^(?:[0-9a-f]{2})*$/) }),
]);

/** A table that was kept, and its rows, one after the other in the order of their keys. */
export interface KeptTable {
  readonly table: string;
  readonly primaryKey: readonly string[];
  readonly columns: readonly string[];
  readonly rows: AsyncGenerator<readonly RowValue[]>;
}

/** Writes the rows of a table into a folder, which is reached without following a link. */
export async function keepTable(
  reader: TargetReader,
  { name, primaryKey }: TableSpec,
  { root, parts }: { readonly root: string; readonly parts: readonly string[] },
): Promise<void> {
  const columns = (reader.tableInfo(name)?.columns ?? []).map((column) => column.name);
  const about: Header = { schemaVersion: 1, table: name, primaryKey: [...primaryKey], columns };
  const lines = function* () {
    yield `${JSON.stringify(about)}\n`;
    for (const row of reader.rows(name, columns, primaryKey)) yield `${JSON.stringify(row.map(written))}\n`;
  };
  try {
    await using folder = await hold(root, parts);
    await writeAtomically(join(folder.path, keptTableFile), compressed(lines()));
  } catch (error) {
    throw wrapWriteError(error, `The table in ${join(root, ...parts)}`);
  }
}

async function* compressed(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(lines);
  const gzip = createGzip({ level: 1 });
  source.once('error', (error) => gzip.destroy(error));
  yield* source.pipe(gzip) as AsyncIterable<Uint8Array>;
}

/** Opens the table that was kept in the folder of a run; undefined where there is none. */
export async function openKeptTable(folder: string): Promise<KeptTable | undefined> {
  const path = join(folder, keptTableFile);
  try {
    if (!(await lstat(path)).isFile()) throw damaged(path, 'it is no file of its own');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const lines = linesOf(path, undefined);
  const first = await lines.next();
  const about = header.safeParse(first.done ? undefined : parsed(first.value));
  if (!about.success) throw damaged(path, 'its first line says nothing of a table');
  const { table, primaryKey, columns } = about.data;
  if (primaryKey.some((column) => !columns.includes(column)))
    throw damaged(path, 'it lacks a column of its key');
  return { table, primaryKey, columns, rows: rowsOf(lines, about.data, path) };
}

async function* rowsOf(
  lines: AsyncGenerator<string>,
  { columns, primaryKey }: Header,
  path: string,
): AsyncGenerator<readonly RowValue[]> {
  const places = primaryKey.map((column) => columns.indexOf(column));
  const keyOf = (row: readonly RowValue[]) => places.map((place) => row[place] ?? null);
  let line = 1;
  let last: readonly RowValue[] | undefined;
  for await (const text of lines) {
    line += 1;
    const values = parsed(text);
    const row = Array.isArray(values) && values.length === columns.length ? values.map(read) : [undefined];
    if (!row.every((value) => value !== undefined))
      throw damaged(path, `line ${line} is no row of the table`);
    const key = keyOf(row);
    if (last !== undefined && compareKeys(last, key) > 0) throw damaged(path, `line ${line} is out of order`);
    last = key;
    yield row;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function written(value: RowValue): unknown {
  if (typeof value === 'bigint')
    return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
      ? Number(value)
      : { integer: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { real: String(value) };
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('hex') } : value;
}

/** The value that is written; undefined where it is none. A whole number is one whatever the type of its column. */
function read(value: unknown): RowValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  const found = tagged.safeParse(value);
  if (!found.success) return undefined;
  if ('integer' in found.data) return BigInt(found.data.integer);
  return 'real' in found.data ? Number(found.data.real) : Buffer.from(found.data.bytes, 'hex');
}

function damaged(path: string, reason: string): SparkctlError {
  return new SparkctlError({
    code: 'damaged-table',
    category: 'input',
    message: `The table ${path} that a run has kept cannot be used: ${reason}.`,
    hint: 'Compare other runs: sparkctl runs list',
    details: { path },
  });
}
