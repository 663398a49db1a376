import { createRequire } from 'node:module';
import type { ColumnSpec } from '../targets/table-spec.ts';
import type { RejectionReason } from './quarantine-reason.ts';

/** A kind of flaw that a dataset can be given, at a rate from 0 to 1. */
export interface DefectSpec {
  /** A description of such a line for people, in one clause. */
  readonly summary: string;
  /** True when no cleaning can mend it. A line has at most one such defect, so that its fate has one reason. */
  readonly destroysRow: boolean;
}

/** One line of the file, and its fate in a correct load. */
export type GeneratedRow =
  /** `values` are those after cleaning, in the order of the dataset's columns, as the text that `valueText` gives of them. */
  | {
      readonly fate: 'loaded';
      readonly raw: string;
      readonly values: readonly string[];
      /** The group that the row was planted in, where the dataset has such: the truth that no column tells. */
      readonly label?: string;
    }
  | { readonly fate: 'duplicate'; readonly raw: string }
  | {
      readonly fate: 'quarantined';
      readonly raw: string;
      readonly reason: RejectionReason;
      /** The line's bytes where they are not the UTF-8 of `raw`, because they are not valid UTF-8. */
      readonly bytes?: Uint8Array;
    };

/** The lines of a dataset, one after the other, without end. */
export interface RowSource {
  next(): GeneratedRow;
  /**
   * Leaves out so many lines, without making them: whole blocks (`block-random.ts`), from the beginning of one. A source without it
   * makes them, so that several threads are no faster than one.
   */
  skip?(rows: number): void;
}

export interface RowPlan {
  readonly seed: number;
  /** Complete and valid rates by defect; a defect that is not named does not occur. */
  readonly defects: Readonly<Record<string, number>>;
}

/**
 * A seeded generator of lines: JSON, or CSV with a header. To add one: a folder beside `users/` that exports an object of this
 * type, and a line in `registry.ts`.
 */
export interface Dataset<Name extends string = string> {
  readonly name: Name;
  /** Names the code that decides the bytes. It changes whenever the same seed would give other ones. */
  readonly generator: string;
  /** The columns of a correctly loaded table, in order. None is nullable unless it says so. */
  readonly columns: readonly ColumnSpec[];
  readonly defects: Readonly<Record<string, DefectSpec>>;
  /** The first line of the file, which is no row: the names of a CSV's columns. Without it the rows begin at once. */
  readonly header?: string;
  /** Starts at the first line. Loads the generator and its words only now: naming a dataset costs nothing. */
  open(plan: RowPlan): Promise<RowSource>;
}

/** Those of some defects that no cleaning can mend. */
export type Destroying<Defects extends Readonly<Record<string, DefectSpec>>> = {
  [Name in keyof Defects]: Defects[Name]['destroysRow'] extends true ? Name : never;
}[keyof Defects];

/** The version of faker that is installed: its word lists are part of what decides the bytes. */
export function fakerVersion(): string {
  const { version } = createRequire(import.meta.url)('@faker-js/faker/package.json') as { version: string };
  return version;
}
