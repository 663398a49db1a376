import type { CheckSpec } from './check-spec.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import type { TableSpec } from './table-spec.ts';

/** A manifest as the program relies on it: every default filled in, every path absolute. */
export interface Manifest {
  /** Where it was read, as a person would name it. */
  readonly file: string;
  readonly script: string;
  readonly dataset?: DatasetSpec;
  readonly input?: { readonly path: string };
  readonly database?: { readonly path: string; readonly table: TableSpec };
  readonly cluster: {
    readonly workers?: number;
    readonly workerCores?: number;
    readonly workerMemoryMb?: number;
  };
  readonly conf: Readonly<Record<string, string>>;
  /** Placeholders filled in, but for the run's id: `${run}`. */
  readonly arguments: readonly string[];
  readonly checks: readonly CheckSpec[];
}
