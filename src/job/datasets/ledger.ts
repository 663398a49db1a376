/**
 * What a generator knows to be true about the file it wrote: what a correct load of it must contain.
 * Written beside the data as `<file>.ledger.json`.
 */
export interface Ledger {
  readonly schemaVersion: 1;
  readonly dataset: string;
  /** Which generator wrote it: the same seed gives the same bytes only with the same generator. */
  readonly generator: string;
  readonly seed: number;
  /** Lines asked for; equals `read`. */
  readonly rows: number;
  /** The defect rates asked for, each above 0 and at most 1. */
  readonly defects: Readonly<Record<string, number>>;
  readonly file: { readonly bytes: number; readonly sha256: string };
  /** Lines in the file. read = loaded + the sum of quarantined + duplicates + filtered. */
  readonly read: number;
  readonly loaded: number;
  /** Rows that a correct load rejects, by reason, with a checksum over their raw lines. */
  readonly quarantined: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
  /** Rows whose key was already loaded from an earlier line. */
  readonly duplicates: { readonly rows: number; readonly checksum: string };
  readonly filtered: number;
  /** Columns of the loaded table, in the order in which `checksum` reads them. */
  readonly columns: readonly string[];
  /** Order-independent checksum over the loaded rows, see `row-checksum.ts`. */
  readonly checksum: string;
}
