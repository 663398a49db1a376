import { rowsOfBlock } from './block-random.ts';
import type { RowPlan, RowSource } from './dataset.ts';
import { LedgerBuilder, type RowCounts } from './ledger.ts';
import { findDataset } from './registry.ts';

/** The rows to be made, as data that a thread can be given. */
export interface RowWork extends RowPlan {
  readonly dataset: string;
  readonly rows: number;
}

/** Some lines of the file as bytes. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** The counts of all rows of whoever made it, with the last piece only. */
  readonly counts?: RowCounts | undefined;
}

/** The rows of a piece: a fraction of a megabyte, so that an abort is noticed within milliseconds. */
export const rowsOfPiece = rowsOfBlock;

/** Enough for the lines of a usual piece; more is taken where a piece needs it. */
export const bytesOfPiece = 256 * 1024;

/** Makes each piece of a file, or one in so many of them. A piece is there until the next is asked for: its memory is used again. */
export class PieceMaker {
  readonly #source: RowSource;
  readonly #rows: number;
  readonly #leftOut: number;
  readonly #ledger = new LedgerBuilder();
  #memory: Buffer = Buffer.alloc(0);
  #length = 0;
  #row: number;

  private constructor(source: RowSource, rows: number, index: number, of: number) {
    this.#source = source;
    this.#rows = rows;
    this.#leftOut = rowsOfPiece * (of - 1);
    this.#row = 0;
    this.#leaveOut(rowsOfPiece * index);
  }

  static async open({ dataset, rows, ...plan }: RowWork, index = 0, of = 1): Promise<PieceMaker> {
    return new PieceMaker(await findDataset(dataset).open(plan), rows, index, of);
  }

  /** Makes the next of its pieces in a memory; undefined after the last. */
  next(memory: ArrayBuffer): Piece | undefined {
    const rows = Math.min(rowsOfPiece, this.#rows - this.#row);
    if (rows <= 0) return undefined;
    this.#memory = Buffer.from(memory);
    this.#length = 0;
    for (let left = rows; left > 0; left--) this.#addRow();
    this.#row += rows;
    this.#leaveOut(this.#leftOut);
    const isLast = this.#row >= this.#rows;
    return {
      bytes: this.#memory.subarray(0, this.#length),
      rows,
      counts: isLast ? this.#ledger.counts : undefined,
    };
  }

  #addRow(): void {
    const row = this.#source.next();
    this.#ledger.add(row);
    const { raw } = row;
    const bytes = row.fate === 'quarantined' ? row.bytes : undefined;
    this.#reserve((bytes?.length ?? raw.length * bytesOfCodeUnit) + 1);
    if (bytes === undefined) this.#length += this.#memory.write(raw, this.#length);
    else {
      this.#memory.set(bytes, this.#length);
      this.#length += bytes.length;
    }
    this.#memory[this.#length++] = lineFeed;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#memory.length) return;
    const larger = Buffer.from(new ArrayBuffer(2 * this.#memory.length + bytes));
    larger.set(this.#memory.subarray(0, this.#length));
    this.#memory = larger;
  }

  #leaveOut(rows: number): void {
    this.#row += rows;
    // Behind the last row nothing is asked for any more.
    if (rows === 0 || this.#row >= this.#rows) return;
    if (this.#source.skip !== undefined) this.#source.skip(rows);
    else for (let left = rows; left > 0; left--) this.#source.next();
  }
}

const lineFeed = 10;
/** At most, in UTF-8. */
const bytesOfCodeUnit = 3;
