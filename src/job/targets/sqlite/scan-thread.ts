import { parentPort, workerData } from 'node:worker_threads';
import type { RowAnswers, RowQuestions } from '../target.ts';
import { beginReading } from './open-database.ts';
import { type RowidRange, scanRows } from './scan-rows.ts';

/** The part of one thread of several. */
export interface ScanWork {
  readonly path: string;
  readonly table: string;
  readonly questions: RowQuestions;
  readonly range: RowidRange;
}

function scan({ path, table, questions, range }: ScanWork): RowAnswers {
  const database = beginReading(path);
  try {
    const slices = scanRows(database, table, questions, range);
    for (;;) {
      const slice = slices.next();
      if (slice.done) return slice.value;
    }
  } finally {
    database.close();
  }
}

parentPort?.postMessage(scan(workerData as ScanWork));
