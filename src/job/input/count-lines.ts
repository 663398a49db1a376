import { contentOf } from './decompress.ts';
import { type InputFormat, unreadable } from './find-input.ts';

const lineFeed = 0x0a;

/** Counts the records in the files of an input: the lines that are neither blank nor, in CSV, the header of their file. */
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

/** Counts the lines of a file that are not blank, read piece by piece. A blank line holds nothing but white space. */
export async function countLines(path: string, signal?: AbortSignal): Promise<number> {
  try {
    return await count(contentOf(path, signal));
  } catch (error) {
    throw unreadable(error, path);
  }
}

async function count(pieces: AsyncIterable<Buffer>): Promise<number> {
  let lines = 0;
  /** True once the line that is being read is known to have something in it: it may have begun in an earlier piece. */
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

/** The characters that ECMAScript's `trim` removes, beyond ASCII, as the bytes of its UTF-8 (one character a byte). A byte order mark is among it. */
const wideBlanks: ReadonlySet<string> = new Set(
  [
    ...'\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
  ].map((blank) => Buffer.from(blank).toString('latin1')),
);
const beginnings: ReadonlySet<string> = new Set(
  [...wideBlanks].flatMap((bytes) => [bytes.slice(0, 1), bytes.slice(0, 2)]),
);

/** Reads the bytes of a line until it is known whether there is anything but white space in it. */
class BlankSoFar {
  /** The first bytes of a character that may become white space. */
  #begun = '';

  /** Takes the next byte; false as soon as the line cannot be blank any more. */
  take(byte: number): boolean {
    if (byte < 0x80) return this.#begun === '' && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
    this.#begun += String.fromCharCode(byte);
    if (wideBlanks.has(this.#begun)) this.#begun = '';
    return this.#begun === '' || beginnings.has(this.#begun);
  }

  /** Tells if the line that ends here was blank, and forgets it. */
  end(): boolean {
    const blank = this.#begun === '';
    this.#begun = '';
    return blank;
  }
}
