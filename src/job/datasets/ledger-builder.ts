import type { GeneratedRow } from './dataset.ts';
import type { Ledger } from './ledger.ts';
import { RowChecksum } from './row-checksum.ts';

/** Keeps count of the rows of a file while they are generated: what a ledger says of them. */
export class LedgerBuilder {
  #read = 0;
  readonly #loaded = new RowChecksum();
  readonly #duplicates = new RowChecksum();
  readonly #quarantined = new Map<string, RowChecksum>();

  add(row: GeneratedRow): void {
    this.#read += 1;
    switch (row.fate) {
      case 'loaded':
        this.#loaded.add(row.values);
        return;
      case 'duplicate':
        this.#duplicates.addText(row.raw);
        return;
      case 'quarantined': {
        let lines = this.#quarantined.get(row.reason);
        if (lines === undefined) {
          lines = new RowChecksum();
          this.#quarantined.set(row.reason, lines);
        }
        lines.addText(row.raw);
      }
    }
  }

  facts(): Pick<Ledger, 'read' | 'loaded' | 'quarantined' | 'duplicates' | 'filtered' | 'checksum'> {
    return {
      read: this.#read,
      loaded: this.#loaded.rows,
      quarantined: Object.fromEntries(
        [...this.#quarantined].sort().map(([reason, lines]) => [reason, counted(lines)]),
      ),
      duplicates: counted(this.#duplicates),
      filtered: 0,
      checksum: this.#loaded.digest(),
    };
  }
}

function counted(lines: RowChecksum): { rows: number; checksum: string } {
  return { rows: lines.rows, checksum: lines.digest() };
}
