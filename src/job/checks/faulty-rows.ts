import { join } from 'node:path';
import { wrapWriteError } from '../../system/errors/system-error.ts';
import { hold } from '../../system/files/hold.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import type { RowValue } from '../targets/target.ts';

/** One row that is wrong, with what says so: its columns, or what the check has to say of it. */
export type FaultyRow = Readonly<Record<string, RowValue | Readonly<Record<string, RowValue>>>>;

/** The rows that are wrong, as a check finds them: never all of them at a time. */
export interface FaultyRows {
  readonly rows: number;
  /** The rows of the table, of which these are a part. */
  readonly of: number;
  each(): Iterable<FaultyRow> | AsyncIterable<FaultyRow>;
}

/** A folder that is reached without following a link: the script of a run may have put one in its place. */
export interface RowsFolder {
  readonly root: string;
  readonly parts: readonly string[];
}

/** The rows that are wrong, as a result has them. */
export interface KeptRows {
  readonly rows: number;
  /** The file in the folder of the result that has them, one JSON object a line. */
  readonly file?: string;
  /** The rows in it, where they are not all. */
  readonly kept?: number;
}

/** Enough to find what they have in common; more would fill a disk. */
const mostKept = 100_000;
/** Text that is gathered before it is written. */
const lettersOfPiece = 1 << 16;

/** Writes the rows that are wrong into a private file, one JSON object a line. */
export async function keepFaultyRows(
  faulty: FaultyRows,
  { root, parts }: RowsFolder,
  file: string,
  signal: AbortSignal | undefined,
): Promise<KeptRows> {
  try {
    await using folder = await hold(root, parts);
    await writeAtomically(join(folder.path, file), linesOf(faulty, signal));
  } catch (error) {
    throw wrapWriteError(error, `The file ${join(root, ...parts, file)} of the rows that are wrong`);
  }
  return { rows: faulty.rows, file, ...(faulty.rows > mostKept && { kept: mostKept }) };
}

async function* linesOf(faulty: FaultyRows, signal: AbortSignal | undefined): AsyncGenerator<string> {
  let piece = '';
  let left = mostKept;
  for await (const row of faulty.each()) {
    piece += `${json(row)}\n`;
    left -= 1;
    if (left === 0) break;
    if (piece.length < lettersOfPiece) continue;
    signal?.throwIfAborted();
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Whole numbers keep all of their digits, which JSON allows and JavaScript's own numbers would not; bytes are hexadecimal. */
function json(value: FaultyRow[string] | FaultyRow): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('hex')}"`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${json(member)}`);
  return `{${members.join(',')}}`;
}
