import { on } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { packageRoot } from '../../system/package.ts';
import { bytesOfPiece, type Piece, type RowWork } from './generate-pieces.ts';
import type { ThreadWork } from './row-thread.ts';

/** The compiled module, also where this file is not: it is loaded by Node itself. */
const threadModule = join(packageRoot, 'dist', 'job', 'datasets', 'row-thread.js');

/** So many pieces may be made ahead by each thread, while the others are awaited and written. */
const piecesAhead = 3;

/** Room for the words and a few pieces; with Node's own choice each thread would grow by tens of megabytes before it tidies up. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

/** Makes the pieces of a file on several threads. They come in the file's order, and are the same on any number of threads. */
export async function* threadPieces(
  work: RowWork,
  threads: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const workers = Array.from({ length: threads }, (_, index) => {
    const workerData: ThreadWork = { ...work, index, threads };
    // Without the flags of this process, some of which are refused where a file is started.
    return new Worker(threadModule, { workerData, resourceLimits, execArgv: [] });
  });
  try {
    const replies = workers.map((worker) => on(worker, 'message', { signal, close: ['exit'] }));
    for (const worker of workers)
      for (let left = piecesAhead; left > 0; left--) give(worker, new ArrayBuffer(bytesOfPiece));
    let left = work.rows;
    for (let turn = 0; left > 0; turn = (turn + 1) % threads) {
      const reply = await replies[turn]?.next();
      const [piece] = (reply?.value ?? []) as readonly Piece[];
      if (piece === undefined) throw new Error('it ended without a word');
      left -= piece.rows;
      const worker = workers[turn];
      yield piece;
      if (worker !== undefined) give(worker, piece.bytes.buffer as ArrayBuffer);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new SparkctlError({
      code: 'generator-failed',
      category: 'defect',
      message: `A thread that generates the dataset ${work.dataset} failed: ${error instanceof Error ? error.message : String(error)}.`,
      details: { dataset: work.dataset },
      cause: error,
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function give(worker: Worker, memory: ArrayBuffer): void {
  worker.postMessage(memory, [memory]);
}
