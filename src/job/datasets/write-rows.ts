import type { GeneratedRow, RowSource } from './dataset.ts';
import type { LedgerBuilder } from './ledger-builder.ts';
import type { PartialFile } from './partial-file.ts';

interface WriteRows {
  readonly source: RowSource;
  readonly rows: number;
  readonly builder: LedgerBuilder;
  readonly partial: PartialFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((rows: number) => void) | undefined;
}

/** Small enough that a piece is a fraction of a megabyte, and an abort is noticed within milliseconds. */
const rowsOfPiece = 1000;

/** Writes so many rows of a source, a piece at a time: memory does not grow with the number of rows. */
export async function writeRows({
  source,
  rows,
  builder,
  partial,
  signal,
  onProgress,
}: WriteRows): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  for (let written = 0; written < rows; ) {
    const upTo = Math.min(rows, written + rowsOfPiece);
    const piece = new Piece();
    for (; written < upTo; written++) {
      const row = source.next();
      builder.add(row);
      piece.add(row);
    }
    // One piece is written while the next is made; never are there more than two.
    await writing;
    signal?.throwIfAborted();
    writing = partial.write(piece.bytes());
    onProgress?.(written);
  }
  await writing;
  signal?.throwIfAborted();
}

/** Lines on their way to the file. Text is encoded once for many lines; only invalid UTF-8 needs bytes of its own. */
class Piece {
  #text = '';
  readonly #encoded: Uint8Array[] = [];

  add(row: GeneratedRow): void {
    if (row.fate === 'quarantined' && row.bytes !== undefined) {
      this.#encodeText();
      this.#encoded.push(row.bytes);
      this.#text = '\n';
      return;
    }
    this.#text += `${row.raw}\n`;
  }

  bytes(): Uint8Array {
    this.#encodeText();
    return this.#encoded.length === 1 && this.#encoded[0] !== undefined
      ? this.#encoded[0]
      : Buffer.concat(this.#encoded);
  }

  #encodeText(): void {
    if (this.#text !== '') this.#encoded.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
