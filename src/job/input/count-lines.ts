import { BlankSoFar } from './blank-so-far.ts';
import { contentOf } from './decompress.ts';
import type { InputFormat } from './input-format.ts';
import { unreadable } from './unreadable.ts';

const lineFeed = 0x0a;

/** How many records the files of an input hold: the lines that are neither blank nor, in CSV, the header of their file. */
export async function countRecords(
  files: readonly string[],
  format: InputFormat | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const headerLines = format === 'csv' ? 1 : 0;
  let records = 0;
  for (const file of files) records += Math.max(0, (await countLines(file, signal)) - headerLines);
  return records;
}

/** How many lines of a file are not blank, read piece by piece. A blank line holds nothing but white space. */
export async function countLines(path: string, signal?: AbortSignal): Promise<number> {
  try {
    return await count(contentOf(path, signal));
  } catch (error) {
    throw unreadable(error, path);
  }
}

async function count(pieces: AsyncIterable<Buffer>): Promise<number> {
  let lines = 0;
  /** Whether the line that is being read is known to have something in it: it may have begun in an earlier piece. */
  let filled = false;
  const blank = new BlankSoFar();
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const end = piece.indexOf(lineFeed, at);
      const stop = end === -1 ? piece.length : end;
      for (; !filled && at < stop; at++) filled = !blank.take(piece[at] ?? 0);
      if (end === -1) break;
      if (!blank.end() || filled) lines += 1;
      filled = false;
      at = end + 1;
    }
  }
  return !blank.end() || filled ? lines + 1 : lines;
}
