import { bytesOfPiece, type Piece, PieceMaker, type RowWork } from './generate-pieces.ts';
import type { LedgerBuilder } from './ledger.ts';
import type { PartialFile } from './partial-file.ts';
import { threadPieces } from './thread-pieces.ts';

interface WriteRows {
  readonly work: RowWork;
  readonly threads: number;
  readonly ledger: LedgerBuilder;
  readonly partial: PartialFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((rows: number) => void) | undefined;
}

/** Writes the rows of a dataset, a piece at a time: memory does not grow with the number of rows. */
export async function writeRows({
  work,
  threads,
  ledger,
  partial,
  signal,
  onProgress,
}: WriteRows): Promise<void> {
  let written = 0;
  for await (const { bytes, rows, counts } of threads > 1
    ? threadPieces(work, threads, signal)
    : ownPieces(work)) {
    await partial.write(bytes);
    signal?.throwIfAborted();
    if (counts !== undefined) ledger.join(counts);
    written += rows;
    onProgress?.(written);
  }
  signal?.throwIfAborted();
}

/** Makes the pieces in this thread. */
async function* ownPieces(work: RowWork): AsyncGenerator<Piece> {
  const maker = await PieceMaker.open(work);
  const memory = new ArrayBuffer(bytesOfPiece);
  for (let piece = maker.next(memory); piece !== undefined; piece = maker.next(memory)) yield piece;
}
