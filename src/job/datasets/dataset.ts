import type { ColumnSpec } from '../targets/table-spec.ts';
import type { RejectionReason } from './quarantine-reason.ts';

/** A kind of flaw that a dataset can be given, at a rate from 0 to 1. */
export interface DefectSpec {
  /** One clause for people: what such a line looks like. */
  readonly summary: string;
  /** True when no cleaning can mend it. A line has at most one such defect, so that its fate has one reason. */
  readonly destroysRow: boolean;
}

/** One line of the file, and what a correct load makes of it. */
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
}

export interface RowPlan {
  readonly seed: number;
  /** Complete and valid rates by defect; a defect that is not named does not occur. */
  readonly defects: Readonly<Record<string, number>>;
}

/**
 * A seeded generator of lines: JSON, or CSV with a header. To add one: a folder beside `users/` that exports an object of this
 * type, its defects in `config/manifest/dataset-spec.ts`, and a line in `datasets.ts`.
 */
export interface Dataset {
  /** Names the code that decides the bytes. It changes whenever the same seed would give other ones. */
  readonly generator: string;
  /** The columns of a correctly loaded table, in order. None is nullable unless it says so. */
  readonly columns: readonly ColumnSpec[];
  readonly defects: Readonly<Record<string, DefectSpec>>;
  /** The first line of the file, which is no row: the names of a CSV's columns. Without it the rows begin at once. */
  readonly header?: string;
  /** Starts at the first line. Loads what it needs only now: naming a dataset costs nothing. */
  open(plan: RowPlan): Promise<RowSource>;
}
