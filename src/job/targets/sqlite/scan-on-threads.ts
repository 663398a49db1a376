import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../../system/package.ts';
import { RowChecksum } from '../../datasets/row-checksum.ts';
import type { Breaking, RowAnswers, RowQuestions } from '../target.ts';
import type { RowidRange } from './scan-rows.ts';
import type { ScanWork } from './scan-thread.ts';

/** The compiled module, also where this file is not: it is loaded by Node itself. */
const threadModule = join(packageRoot, 'dist', 'job', 'targets', 'sqlite', 'scan-thread.js');

/** Rows come and go at once: without limits V8 would let them pile up, the more the longer a scan takes. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

/**
 * Scans ranges of a table at the same time. Undefined where a thread fails, such as when a writer already waits and lets no more
 * readers in: then whoever asks scans the table itself.
 */
export async function scanOnThreads(
  path: string,
  table: string,
  questions: RowQuestions,
  ranges: readonly RowidRange[],
  signal: AbortSignal | undefined,
): Promise<RowAnswers | undefined> {
  const workers = ranges.map((range) => {
    const workerData: ScanWork = { path, table, questions, range };
    return new Worker(threadModule, { workerData, resourceLimits, execArgv: [] });
  });
  try {
    const replies = await Promise.all(workers.map((worker) => replyOf(worker, signal)));
    return replies.some((reply) => reply === undefined)
      ? undefined
      : joined(replies as RowAnswers[], questions);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The answer of a thread; undefined where it ends without one. */
async function replyOf(worker: Worker, signal: AbortSignal | undefined): Promise<RowAnswers | undefined> {
  const ended = new AbortController();
  worker.once('exit', () => ended.abort());
  const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const [answers] = (await once(worker, 'message', { signal: either })) as [RowAnswers];
  return answers;
}

function joined(parts: readonly RowAnswers[], { patterns, sampleLimit }: RowQuestions): RowAnswers {
  const sums = new RowChecksum();
  for (const { checksum } of parts) sums.join(checksum);
  const breaking = patterns.map((_, index): Breaking => {
    const found = parts.flatMap((part) => part.breaking[index] ?? []);
    return {
      rows: found.reduce((total, { rows }) => total + rows, 0),
      samples: found.flatMap(({ samples }) => samples).slice(0, sampleLimit),
    };
  });
  return { checksum: sums.sums, breaking };
}
