import type { Ledger } from '../../datasets/ledger.ts';
import { duplicateReason } from '../../datasets/quarantine-reason.ts';
import type { Evidence } from './evidence.ts';

/** Where every line of the input went: read = loaded + quarantined + duplicates + filtered. */
export interface Accounting {
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly filtered: number;
  /** The quarantined ones by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The accounting of what is really there. Only rows that a job filtered away have to be taken on its word: they leave no trace. */
export function accountingOf(evidence: Evidence, ledger: Ledger | undefined): Accounting {
  const { [duplicateReason]: duplicates = 0, ...reasons } = evidence.rejected;
  return {
    read: evidence.read,
    loaded: evidence.replacesTable ? evidence.tableRows : (evidence.run?.loaded ?? evidence.tableRows),
    quarantined: Object.values(reasons).reduce((sum, rows) => sum + rows, 0),
    duplicates,
    filtered: evidence.run?.filtered ?? ledger?.filtered ?? 0,
    reasons,
  };
}

export function addsUp({
  read,
  loaded,
  quarantined,
  duplicates,
  filtered,
}: Omit<Accounting, 'reasons'>): boolean {
  return read === loaded + quarantined + duplicates + filtered;
}

/** The equation with its numbers: `read 10 = loaded 9 + quarantined 1 + duplicates 0 + filtered 0`. */
export function accountingLine(accounting: Omit<Accounting, 'reasons'>): string {
  const { read, loaded, quarantined, duplicates, filtered } = accounting;
  const relation = addsUp(accounting) ? '=' : 'is not';
  return `read ${read} ${relation} loaded ${loaded} + quarantined ${quarantined} + duplicates ${duplicates} + filtered ${filtered}`;
}
