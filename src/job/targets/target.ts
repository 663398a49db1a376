import type { z } from 'zod';
import type { RowSums } from '../datasets/row-checksum.ts';
import type { TableSpec } from './table-spec.ts';

/** A mistake in a part of the manifest, with its place inside that part. */
export interface Mistake {
  readonly at: readonly PropertyKey[];
  readonly message: string;
}

/** The least that every kind of target says when it is resolved; data, since it goes to the process that checks a result. */
export interface TargetSettings {
  readonly table: TableSpec;
}

/** The part of a target that had to be made: the whole store, only the table in a store that was there, or nothing because all was there. */
export type PreparedPart = 'database' | 'table' | 'nothing';

/** Gives the absolute path of a path in the manifest. One that leads out of the project is noted as a mistake at its place. */
export type ResolvePath = (at: readonly PropertyKey[], path: string) => Promise<string>;

interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A kind of place where a job's result goes. To add one: a folder here that exports an object of this type, and a line in
 * `registry.ts`. Whatever it needs at run time is imported when it is used, so that reading a manifest loads no driver.
 */
export interface TargetKind<Spec extends z.ZodType, Settings extends TargetSettings> {
  /** The part of the manifest that stands under the kind's key. */
  readonly spec: Spec;
  /** The settings of a target that was resolved: a plan that is read from a file is held to it. */
  readonly settings: z.ZodType<Settings>;
  resolve(source: z.output<Spec>, inside: ResolvePath): Promise<Settings>;
  /** Everything that a schema cannot say of the part. */
  mistakes(source: z.output<Spec>): readonly Mistake[];
  /** Says what is wrong with a query over the target's table; nothing where only the run can know. */
  queryProblem(target: Settings, sql: string): Promise<string | undefined>;
  /** The target's place, as people and the record of a run have it. */
  location(target: Settings): string;
  /** The words that arguments of the script may name, such as `${database}`, with their values. */
  placeholders(target: Settings): Readonly<Record<string, string>>;
  /** Every file that is written, the target itself first: it is claimed by a run, and a container must be able to write all of them. */
  writes(target: Settings): readonly string[];
  /** Codes of failures to read it that say something about the result itself, and so fail a check instead of ending all checks. */
  readonly answers: readonly string[];
  /** Makes sure that the target is there, writable and empty or fitting, before Spark starts. */
  prepare(target: Settings, waiting: Waiting): Promise<PreparedPart>;
  /** Opens the target for reading. */
  open(target: Settings, waiting: Waiting): Promise<TargetReader>;
}

/** A value of a row. Every integer is a bigint, because a number would round those beyond 2^53. */
export type RowValue = string | number | bigint | null | Uint8Array;

export interface Repeated {
  /** The number of different values that are there more than once. */
  readonly groups: number;
  /** The number of rows that have them. */
  readonly rows: number;
  /** The first of them, each with the number of its rows. */
  readonly samples: readonly { readonly values: readonly RowValue[]; readonly rows: number }[];
}

/** Questions about every row of a table: asked all at once, since it takes longer to read a row than to answer. */
export interface RowQuestions {
  /** The columns whose values are added up, see `RowChecksum`. */
  readonly checksum?: readonly string[] | undefined;
  /** Columns with the regular expression (with the u flag) that their values must match. Empty ones are no values. */
  readonly patterns: readonly { readonly column: string; readonly matches: string }[];
  /** The columns that name a row which is shown, and how many are. */
  readonly keyColumns: readonly string[];
  readonly sampleLimit: number;
}

export interface RowAnswers {
  readonly checksum: RowSums;
  /** For each pattern. */
  readonly breaking: readonly Breaking[];
}

export interface Breaking {
  /** The number of rows whose value breaks the pattern. */
  readonly rows: number;
  readonly samples: readonly { readonly key: readonly RowValue[]; readonly value: RowValue }[];
}

/** A fault that a value can have. As in SQL, an empty value has none but `empty`. */
export type ColumnFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-among'; readonly values: readonly (string | number | boolean)[] }
  | {
      readonly kind: 'outside';
      readonly least?: string | number | undefined;
      readonly greatest?: string | number | undefined;
    }
  /** No row of another table has it in that column. */
  | { readonly kind: 'unrelated'; readonly table: string; readonly column: string };

export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly samples: readonly (readonly RowValue[])[];
}

/** One unchanging view of a target, for reading: commits of other processes are not seen. Writers may have to wait for it, so close it soon. */
export interface TargetReader extends Disposable {
  /** The target's place, for messages. */
  readonly location: string;
  /** The table as it really is, or undefined where there is none. */
  tableInfo(table: string): { readonly columns: readonly { readonly name: string }[] } | undefined;
  /** The ways in which a table differs from its specification, one clause each; none when it matches. */
  tableDifferences(table: TableSpec): readonly string[];
  count(table: string): number;
  /** Values of these columns that more than one row has. As in SQL, an empty value equals nothing, not even another empty one. */
  repeated(table: string, columns: readonly string[], sampleLimit: number): Repeated;
  /** The rows that have such values, those with the same ones together; `shown` are the columns that are given. */
  repeatedRows(
    table: string,
    columns: readonly string[],
    shown: readonly string[],
  ): IterableIterator<readonly RowValue[]>;
  /** Every row, one after the other: never more than one is in memory. Where columns to order by are named, in the order of `compareKeys`. */
  rows(
    table: string,
    columns: readonly string[],
    orderBy?: readonly string[],
  ): IterableIterator<readonly RowValue[]>;
  /** Answers questions about every row in one scan. Without it, `rows` is asked, and the answers are worked out from them. */
  scan?(table: string, questions: RowQuestions, signal: AbortSignal | undefined): Promise<RowAnswers>;
  /** Asks a query of the manifest: the number of rows it finds, and the first of them. It can change nothing. */
  query(sql: string, sampleLimit: number): QueryAnswer;
  /** Asks such a query for all the rows that it finds, one after the other. */
  queryRows(sql: string): IterableIterator<readonly RowValue[]>;
  /** The rows whose value in a column has a fault: how many, and the first of them by their key. */
  faulty(
    table: string,
    column: string,
    fault: ColumnFault,
    shown: Pick<RowQuestions, 'keyColumns' | 'sampleLimit'>,
  ): Breaking;
  /** Those rows, one after the other in the order of their keys; `shown` are the columns that are given. */
  faultyRows(
    table: string,
    column: string,
    fault: ColumnFault,
    shown: { readonly keyColumns: readonly string[]; readonly columns: readonly string[] },
  ): IterableIterator<readonly RowValue[]>;
  /** The greatest value of a column; empty where no row has one. */
  greatest(table: string, column: string): RowValue;
  /** Finds single rows by their key. */
  rowFinder(
    table: string,
    keyColumns: readonly string[],
    columns: readonly string[],
  ): (key: readonly RowValue[]) => readonly RowValue[] | undefined;
  /** The lines that loads of this table rejected (of one run, where its id is given); undefined where the target keeps none. */
  quarantine(table: string, runId?: string): RejectedLines | undefined;
  /** The record of what a run has committed into a table. */
  committedRun(runId: string, table: string): CommittedRun | undefined;
  lastCommittedRun(table: string): CommittedRun | undefined;
  /** Damage in the whole target, one sentence each; none when it is sound. */
  integrityProblems(limit: number): readonly string[];
}

/** The driver's record of one table of a run, in the same transaction that published its rows. */
export interface CommittedRun {
  readonly runId: string;
  /** The table, as the sink names it. */
  readonly target: string;
  readonly mode: string;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly filtered: number;
  /** Rows that the job made beyond one for each line; absent where an earlier version recorded the run. */
  readonly added?: number;
  /** Rows that were loaded with a value that the job has repaired; absent where an earlier version recorded the run. */
  readonly repaired?: number;
  readonly committedAt: string;
  /** The checksum of the rows that it has loaded, see `RowChecksum`; null where the job recorded none. */
  readonly checksum: string | null;
}

/** The place where a rejected line was read. */
export interface QuarantinedPlace {
  readonly sourceFile: string;
  readonly line: number;
}

/** The rejected lines of a table, or of one run that wrote to it. */
export interface RejectedLines {
  /** The number of lines by reason, the reasons in alphabetical order. */
  counts(): Readonly<Record<string, number>>;
  /** Every line with its reason, one after the other. */
  lines(): IterableIterator<{ readonly reason: string; readonly raw: string }>;
  /** The first places with a reason. */
  places(reason: string, limit: number): readonly QuarantinedPlace[];
  /** The runs that the lines are of. */
  runIds(): readonly string[];
}
