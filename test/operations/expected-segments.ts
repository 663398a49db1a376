import { readLedger } from '../../src/job/datasets/ledger.ts';
import { regenerateLoadedRows } from '../../src/job/datasets/registry.ts';

/** The planted groups in the order in which segments are numbered: by the age in their middle. */
const byAge = ['impulsive', 'generous', 'careful', 'moderate', 'thrifty'];

/** The whole predictions file that must come out for a customers file, from what its generator knows alone. */
export async function expectedPredictions(customers: string): Promise<string> {
  const ledger = await readLedger(customers);
  const rows = [...((ledger && (await regenerateLoadedRows(ledger))) ?? [])];
  const lines = rows
    .map(({ values: [id, ...features], label }) => ({ id: Number(id), features, label }))
    .sort((a, b) => a.id - b.id)
    .map(({ id, features, label }) => [id, ...features.map(asDouble), byAge.indexOf(label ?? '')].join(','));
  return `customer_id,age,annual_income,spending_score,segment\n${lines.join('\n')}\n`;
}

/** As Spark writes a double. */
function asDouble(text: string): string {
  return text.includes('.') ? text : `${text}.0`;
}
