import { diffTables, type TableDiff } from '../job/kept-table/diff-tables.ts';
import { type KeptTable, openKeptTable } from '../job/kept-table/kept-table.ts';
import type { RunRecord } from '../run/record/run-record.ts';
import { findRun, runFolder } from '../run/record/run-store.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';

export { showKey, showValue } from '../job/checks/show-value.ts';

export interface DataDiff extends TableDiff {
  readonly a: RunRecord;
  readonly b: RunRecord;
}

/** The rows of each kind that are shown. */
const sampleLimit = 3;

/** Compares the tables that two runs have kept, each run given by its id or the beginning of it. */
export async function compareData(project: string, a: string, b: string): Promise<DataDiff> {
  const [one, other] = [await findRun(project, a), await findRun(project, b)];
  const [before, after] = [await tableOf(one), await tableOf(other)];
  if (before.primaryKey.join('\n') !== after.primaryKey.join('\n'))
    throw new SparkctlError({
      code: 'other-key',
      category: 'usage',
      message: `The rows of ${one.id} are told apart by (${before.primaryKey.join(', ')}), and those of ${other.id} by (${after.primaryKey.join(', ')}): they cannot be compared.`,
      hint: 'Name two runs whose tables have the same primary key.',
    });
  return { a: one, b: other, ...(await diffTables(before, after, sampleLimit)) };
}

async function tableOf({ project, id }: RunRecord): Promise<KeptTable> {
  const table = await openKeptTable(runFolder(project, id));
  if (table !== undefined) return table;
  throw new SparkctlError({
    code: 'no-kept-table',
    category: 'input',
    message: `Run ${id} has kept no table.`,
    hint: 'Write keep: 5 into the manifest: the last five runs then keep the rows of their table.',
  });
}
