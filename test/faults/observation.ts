import type { FaultNumber } from './fault-titles.ts';

/** Facts that a test of a fault has seen, for the table at the end. */
export interface Observation {
  readonly exitCode?: number | undefined;
  /** Rows of the target table, as a program sees it that is neither Spark nor sparkctl. */
  readonly rows?: { readonly before: number; readonly after: number };
}

export interface FaultCase {
  readonly number: FaultNumber;
  /** The place in which it was tried: a backend, or a Spark in one process. */
  readonly where: 'local' | 'docker' | 'local[1]' | 'local[2]' | '-';
  /** The fault that was made, in a few words. */
  readonly injected: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultCase & Observation;
  }
}
