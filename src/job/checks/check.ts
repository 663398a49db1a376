import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import type { Ledger } from '../datasets/ledger.ts';
import type { InputFormat } from '../input/find-input.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { CommittedRun, Mistake, ResolvePath, RowValue, TargetReader } from '../targets/target.ts';
import type { FaultyRows, KeptRows } from './faulty-rows.ts';
import type { RowQuestion, TableScan } from './table-scan.ts';

/** Everything that a check may look at. The table is there: whether it exists was asked before. */
export interface CheckContext {
  readonly reader: TargetReader;
  readonly table: TableSpec;
  /** The one scan over the table, which answers what all checks ask about each row. */
  readonly scan: TableScan;
  /** The facts that the input's generator knows; absent for data that sparkctl did not generate. */
  readonly ledger?: Ledger | undefined;
  /** The files that were loaded, absolute. */
  readonly inputFiles: readonly string[];
  /** The first line of a `csv` file is a header and no row. Lines of JSON where it is left out. */
  readonly inputFormat?: InputFormat | undefined;
  /** The run whose result is checked. Without it, the result is checked as it is now, whichever run made it. */
  readonly runId?: string | undefined;
  /** The last run of the same job that succeeded before, with the rows of the table after it; for checks that compare with it. */
  readonly previous?: { readonly run: string; readonly rows: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outcome of one comparison. Values in it are samples, at most three, never whole data. */
export interface CheckResult {
  readonly kind: string;
  /** The kind and what it is about: `pattern (email)`. */
  readonly name: string;
  /** A check has warned where it does not hold, and its severity says that this is no failure. */
  readonly status: 'held' | 'warned' | 'failed' | 'skipped';
  readonly expected: string;
  readonly found: string;
  /** The reason of a failure or a skip, one sentence a line. */
  readonly detail?: string;
  /** The rows that are wrong, where the check can name them, also those that are tolerated. */
  readonly faulty?: KeptRows;
}

/** The outcome as the check itself gives it. The kind and the name are added, and how lenient the manifest is with it. */
export interface Verdict extends Pick<CheckResult, 'expected' | 'found' | 'detail'> {
  readonly status: Exclude<CheckResult['status'], 'warned'>;
  readonly faulty?: FaultyRows;
}

/** The facts by which the specification of a check is judged. */
export interface SpecFacts {
  readonly table: TableSpec;
  /** Finds mistakes in SQL without the target. Absent once the target itself is there to answer. */
  readonly queryProblem?: (sql: string) => Promise<string | undefined>;
}

/**
 * A way to compare a result with what it must be. To add one: a file here that exports an object of this type, and a line
 * in `registry.ts`. What only `run` needs is imported by it, since most processes load checks for their specifications alone.
 */
export interface Check<Spec extends z.ZodType> {
  /** Its part of the manifest, told apart by `kind`. */
  readonly spec: Spec;
  /** Given where it finds faulty rows, of which some can be tolerated: a number of them, or a part of the table as well. */
  readonly tolerates?: 'rows' | 'rows-or-percent';
  /** Given where the check is of use with a dataset only: the reason, for a manifest without one. */
  readonly needsDataset?: string;
  /** Makes the paths in it absolute, when a manifest is read. */
  resolve?(spec: z.output<Spec>, inside: ResolvePath): Promise<z.output<Spec>>;
  /** Tells whether it wants to know of the run before: `previous` of the context is looked up only then. */
  comparesRuns?(spec: z.output<Spec>): boolean;
  name(spec: z.output<Spec>): string;
  /** Mistakes in the specification itself, known before anything runs. */
  mistakes?(spec: z.output<Spec>, facts: SpecFacts): readonly Mistake[] | Promise<readonly Mistake[]>;
  /** Names the question that it will ask about each row. It may ask without having said so, and has a scan of its own then. */
  asks?(spec: z.output<Spec>, context: Omit<CheckContext, 'scan'>): RowQuestion | undefined;
  run(spec: z.output<Spec>, context: CheckContext): Promise<Verdict>;
}

/** The number of values that a failed check shows. */
export const sampleLimit = 3;

/** The record of the run that is checked about the table, or of the last run into it when none was named. */
export function runOf({ reader, table, runId }: Omit<CheckContext, 'scan'>): CommittedRun | undefined {
  return runId === undefined ? reader.lastCommittedRun(table.name) : reader.committedRun(runId, table.name);
}

/** Rows with the names of their columns. */
export function* named(
  columns: readonly string[],
  rows: Iterable<readonly RowValue[]>,
): Generator<Readonly<Record<string, RowValue>>> {
  for (const row of rows)
    yield Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]));
}

/** The columns of the table as it really is. */
export function allColumns({ reader, table }: Pick<CheckContext, 'reader' | 'table'>): readonly string[] {
  return (reader.tableInfo(table.name)?.columns ?? []).map(({ name }) => name);
}

const itemsOfSlice = 20_000;

/** Goes through many items and lets the rest of the process run now and then, so that Ctrl-C is heard in between. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  signal: AbortSignal | undefined,
  each: (item: Item) => void,
): Promise<void> {
  let left = itemsOfSlice;
  for (const item of items) {
    each(item);
    left -= 1;
    if (left > 0) continue;
    left = itemsOfSlice;
    await nextTurn();
    signal?.throwIfAborted();
  }
}
