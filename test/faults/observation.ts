import type { FaultNumber } from './fault-titles.ts';

/** What a test of a fault has seen, for the table at the end. */
export interface Observation {
  readonly exitCode?: number | undefined;
  /** Rows of the target table, as a program sees it that is neither Spark nor sparkctl. */
  readonly rows?: { readonly before: number; readonly after: number };
}

export interface FaultCase {
  readonly number: FaultNumber;
  /** Where it was tried: a backend, or a Spark in one process. */
  readonly where: 'local' | 'docker' | 'local[1]' | 'local[2]' | '-';
  /** What was done, in a few words. */
  readonly injected: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultCase & Observation;
  }
}
