import { parentPort, workerData } from 'node:worker_threads';
import { PieceMaker, type RowWork } from './generate-pieces.ts';

/** The part of one thread of several. */
export interface ThreadWork extends RowWork {
  readonly index: number;
  readonly threads: number;
}

const { index, threads, ...work } = workerData as ThreadWork;
const maker = await PieceMaker.open(work, index, threads);

// Each memory that comes is asked to be filled: so no more is made ahead than there are memories.
parentPort?.on('message', (memory: ArrayBuffer) => {
  const piece = maker.next(memory);
  if (piece !== undefined) parentPort?.postMessage(piece, [piece.bytes.buffer as ArrayBuffer]);
});
