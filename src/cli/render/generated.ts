import type { GeneratedData } from '../../operations/generate.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { formatNumber } from '../../system/format-number.ts';
import { near } from './format.ts';

/** The place of generated data, and the facts that name it. */
export function formatGenerated(data: GeneratedData, from: string): string {
  const { path, ledger, dataset, rows, seed, bytes, reused } = printableRecord(data);
  const facts = `${formatNumber(rows)} rows of ${dataset}, seed ${seed}, ${formatNumber(bytes)} bytes`;
  return `${near(path, from)}: ${facts}${reused ? ' (already there)' : ''}\n${near(ledger, from)}: what a correct load of it contains\n`;
}
