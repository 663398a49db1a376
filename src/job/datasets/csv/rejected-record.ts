import type { GeneratedRow } from '../dataset.ts';
import type { RejectionReason } from '../quarantine-reason.ts';
import { csvLine } from './csv-line.ts';

/** A record that is well written, and rejected for what it says. */
export function rejectedRecord(reason: RejectionReason, values: readonly string[]): GeneratedRow {
  return { fate: 'quarantined', reason, raw: csvLine(values) };
}
