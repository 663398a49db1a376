import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { readJson } from '../../system/files/read-json.ts';
import type { GeneratedRow } from './dataset.ts';
import { RowChecksum, type RowSums } from './row-checksum.ts';

/**
 * The facts that a generator knows about the file it wrote: what a correct load of it must contain.
 * Written beside the data as `<file>.ledger.json`.
 */
export interface Ledger {
  readonly schemaVersion: 1;
  readonly dataset: string;
  /** The generator that wrote it: the same seed gives the same bytes only with the same generator. */
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

const rows = z.number().int().nonnegative();
const checksum = z.string().regex(/^[0-9a-f]{24}$/);
const countedLines = z.object({ rows, checksum });

const ledgerSchema = z.object({
  schemaVersion: z.literal(1),
  dataset: z.string(),
  generator: z.string(),
  seed: z.number().int(),
  rows,
  defects: z.record(z.string(), z.number()),
  file: z.object({ bytes: rows, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  read: rows,
  loaded: rows,
  quarantined: z.record(z.string(), countedLines),
  duplicates: countedLines,
  filtered: rows,
  columns: z.array(z.string()),
  checksum,
}) satisfies z.ZodType<Ledger>;

/** The path of the ledger of a data file. */
export function ledgerPathOf(dataPath: string): string {
  return `${dataPath}.ledger.json`;
}

/** The ledger beside a data file, or undefined where there is none. */
export async function readLedger(dataPath: string): Promise<Ledger | undefined> {
  const path = ledgerPathOf(dataPath);
  const read = await readJson(path, ledgerSchema);
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'value') return read.value;
  throw new SparkctlError({
    code: 'bad-ledger',
    category: 'input',
    message: `The ledger ${path} cannot be used: ${read.reason}.`,
    hint: `Delete it together with ${dataPath}, and generate the data again.`,
    details: { path },
  });
}

/** The counts of some rows, as data: threads count those that they have made. */
export interface RowCounts {
  readonly loaded: RowSums;
  readonly duplicates: RowSums;
  readonly quarantined: ReadonlyMap<string, RowSums>;
}

/** Counts the rows of a file while they are generated, for its ledger. */
export class LedgerBuilder {
  readonly #loaded = new RowChecksum();
  readonly #duplicates = new RowChecksum();
  readonly #quarantined = new Map<string, RowChecksum>();

  add(row: GeneratedRow): void {
    switch (row.fate) {
      case 'loaded':
        this.#loaded.add(row.values);
        return;
      case 'duplicate':
        this.#duplicates.addText(row.raw);
        return;
      case 'quarantined':
        this.#linesOf(row.reason).addText(row.raw);
    }
  }

  get counts(): RowCounts {
    return {
      loaded: this.#loaded.sums,
      duplicates: this.#duplicates.sums,
      quarantined: new Map([...this.#quarantined].map(([reason, { sums }]) => [reason, sums])),
    };
  }

  /** Adds the rows that another one has counted. */
  join({ loaded, duplicates, quarantined }: RowCounts): void {
    this.#loaded.join(loaded);
    this.#duplicates.join(duplicates);
    for (const [reason, sums] of quarantined) this.#linesOf(reason).join(sums);
  }

  facts(): Pick<Ledger, 'read' | 'loaded' | 'quarantined' | 'duplicates' | 'filtered' | 'checksum'> {
    const quarantined = [...this.#quarantined].sort();
    return {
      read: quarantined.reduce((sum, [, { rows }]) => sum + rows, this.#loaded.rows + this.#duplicates.rows),
      loaded: this.#loaded.rows,
      quarantined: Object.fromEntries(quarantined.map(([reason, lines]) => [reason, counted(lines)])),
      duplicates: counted(this.#duplicates),
      filtered: 0,
      checksum: this.#loaded.digest(),
    };
  }

  #linesOf(reason: string): RowChecksum {
    let lines = this.#quarantined.get(reason);
    if (lines === undefined) {
      lines = new RowChecksum();
      this.#quarantined.set(reason, lines);
    }
    return lines;
  }
}

function counted(lines: RowChecksum): { rows: number; checksum: string } {
  return { rows: lines.rows, checksum: lines.digest() };
}
