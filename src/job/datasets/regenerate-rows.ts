import type { GeneratedRow } from './dataset.ts';
import { datasets, isDatasetName } from './datasets.ts';
import type { Ledger } from './ledger.ts';

export type LoadedRow = Extract<GeneratedRow, { fate: 'loaded' }>;

/**
 * The rows that a correct load of a ledger's file holds, in the file's order, their values as `valueText` gives them;
 * undefined when the installed generator is not the one that wrote the file.
 */
export async function regenerateLoadedRows(ledger: Ledger): Promise<Iterable<LoadedRow> | undefined> {
  if (!isDatasetName(ledger.dataset)) return undefined;
  const dataset = datasets[ledger.dataset];
  if (dataset.generator !== ledger.generator) return undefined;
  const source = await dataset.open({ seed: ledger.seed, defects: ledger.defects });
  return (function* () {
    for (let row = 0; row < ledger.rows; row++) {
      const generated = source.next();
      if (generated.fate === 'loaded') yield generated;
    }
  })();
}
