import type { Ledger } from '../datasets/ledger.ts';
import type { InputFormat } from '../input/input-format.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { TargetReader } from '../targets/target.ts';
import type { CheckKind, CheckSpec } from './check-spec.ts';

/** What a check may look at. The table is there: whether it exists was asked before. */
export interface CheckContext {
  readonly reader: TargetReader;
  readonly table: TableSpec;
  /** What the input's generator knows to be true; absent for data that sparkctl did not generate. */
  readonly ledger?: Ledger | undefined;
  /** The files that were loaded, absolute. */
  readonly inputFiles: readonly string[];
  /** The first line of a `csv` file is a header and no row. Lines of JSON where it is left out. */
  readonly inputFormat?: InputFormat | undefined;
  /** The run whose result is checked. Without it, the result is checked as it is now, whoever made it. */
  readonly runId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one comparison found. Values in it are samples, at most three, never whole data. */
export interface CheckResult {
  readonly kind: CheckKind;
  /** The kind and what it is about: `pattern (email)`. */
  readonly name: string;
  readonly status: 'held' | 'failed' | 'skipped';
  readonly expected: string;
  readonly found: string;
  /** Why it failed or was skipped, one sentence a line. */
  readonly detail?: string;
}

/** What a check itself says; the kind and the name are added to it. */
export type Verdict = Omit<CheckResult, 'kind' | 'name'>;

export type SpecOf<Kind extends CheckKind> = Extract<CheckSpec, { kind: Kind }>;

/**
 * One way to compare a result with what it must be. To add one: a variant in `check-spec.ts`, a file here that
 * exports an object of this type, and a line in `checks.ts`.
 */
export interface Check<Kind extends CheckKind> {
  name(spec: SpecOf<Kind>): string;
  /** What is wrong with the specification itself, one sentence each: known before anything runs. */
  mistakes(spec: SpecOf<Kind>, table: TableSpec): readonly string[];
  run(spec: SpecOf<Kind>, context: CheckContext): Promise<Verdict>;
}

/** How many values a failed check shows. */
export const sampleLimit = 3;
