import type { Ledger } from '../../datasets/ledger.ts';
import { duplicateReason } from '../../datasets/quarantine-reason.ts';
import { RowChecksum } from '../../datasets/row-checksum.ts';
import type { RejectedLines } from '../../targets/target.ts';
import { sampleLimit } from '../check.ts';
import { inSlices } from '../in-slices.ts';

/** A sentence for each reason whose lines in the quarantine are as many as the ledger's, but not the same ones. */
export async function foreignLines(
  quarantine: RejectedLines,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const found = new Map<string, RowChecksum>();
  await inSlices(quarantine.lines(), signal, ({ reason, raw }) => {
    let lines = found.get(reason);
    if (lines === undefined) {
      lines = new RowChecksum();
      found.set(reason, lines);
    }
    lines.addText(raw);
  });
  const expected = { ...ledger.quarantined, [duplicateReason]: ledger.duplicates };
  return Object.entries(expected).flatMap(([reason, { rows, checksum }]) => {
    const lines = found.get(reason);
    if (lines === undefined || lines.rows !== rows || lines.digest() === checksum) return [];
    const places = quarantine
      .places(reason, sampleLimit)
      .map(({ sourceFile, line }) => `${sourceFile}:${line}`);
    return [
      `The lines with the reason ${reason} are not those of the ledger (checksum ${lines.digest()}, expected ${checksum}). The first of them: ${places.join(', ')}.`,
    ];
  });
}
