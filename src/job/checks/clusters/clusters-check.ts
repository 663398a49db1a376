import type { LoadedRow } from '../../datasets/regenerate-rows.ts';
import { regenerateLoadedRows } from '../../datasets/regenerate-rows.ts';
import type { TableSpec } from '../../targets/table-spec.ts';
import type { RowValue } from '../../targets/target.ts';
import type { Check, CheckContext } from '../check.ts';
import { sampleLimit } from '../check.ts';
import { inSlices } from '../in-slices.ts';
import { unknownColumns } from '../known-columns.ts';
import { counted, showKey } from '../show-value.ts';
import { compareClusters } from './compare-clusters.ts';
import { GroupStatistics } from './group-statistics.ts';

/** The clusters in a column are the groups that the dataset planted: their number, their sizes, their centres, row by row. */
export const clustersCheck: Check<'clusters'> = {
  name: ({ column }) => `clusters (${column})`,
  mistakes: (spec, table) => unknownColumns(clustersCheck.name(spec), [spec.column], table),
  run: async ({ column, minimumRandIndex }, context) => {
    const { ledger } = context;
    const expected = `the groups that the dataset planted, adjusted Rand index at least ${minimumRandIndex}`;
    const rows = ledger && (await regenerateLoadedRows(ledger));
    if (ledger === undefined || rows === undefined) {
      const detail = 'No generator is here that knows which groups the input has.';
      return { status: 'skipped', expected, found: 'not compared', detail };
    }
    const { contingency, planted, found, columns, missing } = await gather(
      column,
      rows,
      ledger.columns,
      context,
    );
    if (planted.names().length === 0)
      return { status: 'failed', expected, found: `a dataset (${ledger.dataset}) without planted groups` };
    if (missing.length > 0)
      return { status: 'failed', expected, found: 'rows without a cluster', detail: missing.join('\n') };
    const { randIndex, disagreements } = compareClusters({
      contingency,
      planted,
      found,
      columns,
      minimumRandIndex,
    });
    return {
      status: disagreements.length === 0 ? 'held' : 'failed',
      expected,
      found: `${counted(found.names().length, 'cluster')} of ${sizesOf(found)} rows, adjusted Rand index ${randIndex.toFixed(4)}`,
      ...(disagreements.length === 0 ? {} : { detail: disagreements.slice(0, sampleLimit).join('\n') }),
    };
  },
};

function sizesOf(found: GroupStatistics): string {
  return found
    .names()
    .map((name) => found.size(name))
    .sort((a, b) => b - a)
    .join(', ');
}

/** Goes through the rows that must be there, and looks each up in the table. */
async function gather(
  column: string,
  rows: Iterable<LoadedRow>,
  ledgerColumns: readonly string[],
  { reader, table, signal }: CheckContext,
) {
  const measured = measuredColumns(table, column, ledgerColumns);
  const keyAt = table.primaryKey.map((key) => ledgerColumns.indexOf(key));
  const find = reader.rowFinder(table.name, table.primaryKey, [column, ...measured.map(({ name }) => name)]);
  const contingency = new Map<string, Map<string, number>>();
  const [planted, found] = [new GroupStatistics(), new GroupStatistics()];
  const missing: string[] = [];
  await inSlices(rows, signal, ({ values, label }) => {
    if (label === undefined) return;
    planted.add(
      label,
      measured.map(({ at }) => Number(values[at])),
    );
    const key = keyAt.map((at, index) => keyValue(values[at] ?? '', table.primaryKey[index], table));
    const [cluster, ...there] = find(key) ?? [];
    if (cluster === undefined || cluster === null) {
      if (missing.length < sampleLimit)
        missing.push(`Row ${showKey(table.primaryKey, key)}: it has no ${column}.`);
      return;
    }
    found.add(String(cluster), there.map(Number));
    const counts = contingency.get(label) ?? new Map<string, number>();
    counts.set(String(cluster), (counts.get(String(cluster)) ?? 0) + 1);
    contingency.set(label, counts);
  });
  return { contingency, planted, found, columns: measured.map(({ name }) => name), missing };
}

/** The numbers of the dataset that a centre has: neither the key nor the cluster itself. */
function measuredColumns(table: TableSpec, column: string, ledgerColumns: readonly string[]) {
  return table.columns
    .filter(({ type }) => type === 'integer' || type === 'real')
    .filter(({ name }) => name !== column && !table.primaryKey.includes(name) && ledgerColumns.includes(name))
    .map(({ name }) => ({ name, at: ledgerColumns.indexOf(name) }));
}

function keyValue(text: string, column: string | undefined, table: TableSpec): RowValue {
  const type = table.columns.find(({ name }) => name === column)?.type;
  return type === 'integer' ? BigInt(text) : type === 'real' ? Number(text) : text;
}
