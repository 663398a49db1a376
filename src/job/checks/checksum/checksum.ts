import { z } from 'zod';
import { counted } from '../../../system/format-number.ts';
import { RowChecksum } from '../../datasets/row-checksum.ts';
import type { CommittedRun } from '../../targets/target.ts';
import { type Check, type CheckContext, runOf } from '../check.ts';

/** The rows that must be there, as the ledger or the run knows them. */
interface Expectation {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly checksum: string;
  /** The differences in a table of so many rows, one sentence each. */
  explain(rows: number): Promise<readonly string[]>;
}

const spec = z
  .strictObject({ kind: z.literal('checksum') })
  .describe(
    'The rows, whatever their order, are exactly those of the ledger of the dataset, or without one those that the job recorded when it committed.',
  );

/**
 * The rows of the table are exactly those that the ledger knows, whatever their order. Of data without a ledger, they
 * are those that the job recorded in the transaction that published them.
 */
export const checksum: Check<typeof spec> = {
  spec,
  name: () => 'checksum',
  asks: (_spec, context) => {
    const expectation = expectationOf(context);
    return expectation === undefined || appends(context) ? undefined : { columns: expectation.columns };
  },
  run: async (_spec, context) => {
    const { reader, table } = context;
    const skip = (expected: string, detail: string) =>
      ({ status: 'skipped', found: 'not compared', expected, detail }) as const;
    const expectation = expectationOf(context);
    if (expectation === undefined) {
      return skip(
        'the rows that were committed',
        'The input has no ledger, because sparkctl did not generate it, and the job recorded no checksum: nothing says which rows must be there.',
      );
    }
    const expected = `${counted(expectation.rows, 'row')} with checksum ${expectation.checksum}`;
    const appending = appends(context);
    if (appending !== undefined) {
      const detail = `The run ${appending.runId} wrote with mode ${appending.mode}: the table may hold rows of other runs too.`;
      return skip(expected, detail);
    }
    const columns = reader.tableInfo(table.name)?.columns.map(({ name }) => name) ?? [];
    const missing = expectation.columns.filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      return { status: 'failed', expected, found: `no column ${missing.join(', ')}` };
    }
    const rows = new RowChecksum();
    rows.join(await context.scan.sums(expectation.columns));
    const found = `${counted(rows.rows, 'row')} with checksum ${rows.digest()}`;
    if (rows.rows === expectation.rows && rows.digest() === expectation.checksum)
      return { status: 'held', expected, found };
    const differences = await expectation.explain(rows.rows);
    return {
      status: 'failed',
      expected,
      found,
      ...(differences.length === 0 ? {} : { detail: differences.join('\n') }),
    };
  },
};

/** The run that is checked, where it left rows of others in the table. */
function appends(context: Omit<CheckContext, 'scan'>): CommittedRun | undefined {
  const run = runOf(context);
  return run === undefined || run.mode === 'overwrite' ? undefined : run;
}

function expectationOf(context: Omit<CheckContext, 'scan'>): Expectation | undefined {
  const { reader, table, ledger } = context;
  if (ledger !== undefined) {
    return {
      columns: ledger.columns,
      rows: ledger.loaded,
      checksum: ledger.checksum,
      explain: async (rows) =>
        (await import('./explain-difference.ts')).explainDifference(context, ledger, rows),
    };
  }
  const run = runOf(context);
  if (run === undefined || run.checksum === null) return undefined;
  const described = new Set(table.columns.map(({ name }) => name));
  return {
    // In the order of the table, in which the job has added them up.
    columns: (reader.tableInfo(table.name)?.columns ?? [])
      .map(({ name }) => name)
      .filter((name) => described.has(name)),
    rows: run.loaded,
    checksum: run.checksum,
    explain: async () => [
      `The rows are not those that the run ${run.runId} has committed: something has changed them since.`,
    ],
  };
}
