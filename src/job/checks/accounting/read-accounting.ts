import type { CheckContext } from '../check.ts';
import { type Accounting, accountingOf } from './accounting.ts';
import { gatherEvidence } from './evidence.ts';

/** Where every line of the input went, as found in the input and in the database: for a run's summary. */
export async function readAccounting(context: CheckContext): Promise<Accounting> {
  return accountingOf(await gatherEvidence(context), context.ledger);
}
