import { RowChecksum } from '../../datasets/row-checksum.ts';
import { runOf } from '../accounting/evidence.ts';
import type { Check } from '../check.ts';
import { inSlices } from '../in-slices.ts';
import { counted } from '../show-value.ts';
import { explainDifference } from './explain-difference.ts';

/** The rows of the table are exactly those that the ledger knows, whatever their order. */
export const checksumCheck: Check<'checksum'> = {
  name: () => 'checksum',
  mistakes: () => [],
  run: async (_spec, context) => {
    const { database, table, ledger, signal } = context;
    const skipped = { status: 'skipped', found: 'not compared' } as const;
    if (ledger === undefined) {
      return {
        ...skipped,
        expected: 'the rows of the ledger',
        detail:
          'The input has no ledger, because sparkctl did not generate it: nothing says which rows must be there.',
      };
    }
    const expected = `${counted(ledger.loaded, 'row')} with checksum ${ledger.checksum}`;
    const run = runOf(context);
    if (run !== undefined && run.mode !== 'overwrite') {
      const detail = `The run ${run.runId} wrote with mode ${run.mode}: the table may hold rows of other runs too.`;
      return { ...skipped, expected, detail };
    }
    const columns = database.tableInfo(table.name)?.columns.map(({ name }) => name) ?? [];
    const missing = ledger.columns.filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      return { status: 'failed', expected, found: `no column ${missing.join(', ')}` };
    }
    const rows = new RowChecksum();
    await inSlices(database.rows(table.name, ledger.columns), signal, (row) => rows.add(row));
    const found = `${counted(rows.rows, 'row')} with checksum ${rows.digest()}`;
    if (rows.rows === ledger.loaded && rows.digest() === ledger.checksum)
      return { status: 'held', expected, found };
    const differences = await explainDifference(context, ledger, rows.rows);
    return {
      status: 'failed',
      expected,
      found,
      ...(differences.length === 0 ? {} : { detail: differences.join('\n') }),
    };
  },
};
