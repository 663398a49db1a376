import { counted, formatNumber } from '../../../system/format-number.ts';
import type { LoadedRow } from '../../datasets/registry.ts';
import { regenerateLoadedRows } from '../../datasets/registry.ts';
import type { TableSpec } from '../../targets/table-spec.ts';
import type { RowValue } from '../../targets/target.ts';
import { type CheckContext, inSlices, sampleLimit, type Verdict } from '../check.ts';
import { showKey } from '../show-value.ts';
import { adjustedRandIndex, type Contingency } from './adjusted-rand-index.ts';

/** Generates the dataset's rows again, with the groups that they were planted in, and looks up the segment of each in the table. */
export async function judgeSegments(
  column: string,
  minimumRandIndex: number,
  context: CheckContext,
): Promise<Verdict> {
  const { ledger } = context;
  const expected = `the groups that the dataset planted, adjusted Rand index at least ${minimumRandIndex}`;
  const rows = ledger && (await regenerateLoadedRows(ledger));
  if (ledger === undefined || rows === undefined) {
    const detail = 'No generator is here that knows which groups the input has.';
    return { status: 'skipped', expected, found: 'not compared', detail };
  }
  const gathered = await gather(column, rows, ledger.columns, context);
  const { planted, found, missing } = gathered;
  if (planted.names().length === 0)
    return { status: 'failed', expected, found: `a dataset (${ledger.dataset}) without planted groups` };
  if (missing.length > 0)
    return { status: 'failed', expected, found: 'rows without a segment', detail: missing.join('\n') };
  const { randIndex, disagreements } = compareSegments({ ...gathered, minimumRandIndex });
  return {
    status: disagreements.length === 0 ? 'held' : 'failed',
    expected,
    found: `${counted(found.names().length, 'segment')} of ${sizesOf(found)} rows, adjusted Rand index ${randIndex.toFixed(4)}`,
    ...(disagreements.length === 0 ? {} : { detail: disagreements.slice(0, sampleLimit).join('\n') }),
  };
}

function sizesOf(found: GroupStatistics): string {
  return found
    .names()
    .map((name) => found.size(name))
    .sort((a, b) => b - a)
    .map(formatNumber)
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
    const [segment, ...there] = find(key) ?? [];
    if (segment === undefined || segment === null) {
      if (missing.length < sampleLimit)
        missing.push(`Row ${showKey(table.primaryKey, key)}: it has no ${column}.`);
      return;
    }
    found.add(String(segment), there.map(Number));
    const counts = contingency.get(label) ?? new Map<string, number>();
    counts.set(String(segment), (counts.get(String(segment)) ?? 0) + 1);
    contingency.set(label, counts);
  });
  return { contingency, planted, found, columns: measured.map(({ name }) => name), missing };
}

/** The numbers of the dataset that a centre has: neither the key nor the segment itself. */
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

/** A centre is the same when each of its values is as near as this, in standard deviations of all rows. */
const centreTolerance = 0.1;

interface Comparison {
  /** Rows of each planted group by the segment that they were put into. */
  readonly contingency: Contingency;
  readonly planted: GroupStatistics;
  readonly found: GroupStatistics;
  readonly columns: readonly string[];
  readonly minimumRandIndex: number;
}

/** Compares segments with planted groups, in numbers and, where they disagree, in sentences. */
export function compareSegments({ contingency, planted, found, columns, minimumRandIndex }: Comparison): {
  readonly randIndex: number;
  readonly disagreements: readonly string[];
} {
  const randIndex = adjustedRandIndex(contingency);
  const disagreements: string[] = [];
  if (randIndex < minimumRandIndex)
    disagreements.push(
      `The adjusted Rand index is ${randIndex.toFixed(4)}, below ${minimumRandIndex}: rows that belong together are apart.`,
    );
  const [groups, segments] = [planted.names(), found.names()];
  if (groups.length !== segments.length) {
    disagreements.push(`${segments.length} segments were found where ${groups.length} groups were planted.`);
    return { randIndex, disagreements };
  }
  const partners = new Map(groups.map((group) => [group, largest(contingency.get(group))]));
  if (new Set(partners.values()).size < groups.length) {
    disagreements.push('Two of the planted groups ended mostly in the same segment.');
    return { randIndex, disagreements };
  }
  const deviations = planted.deviations();
  for (const [group, segment] of partners) {
    const [wanted, there] = [planted.size(group), found.size(segment)];
    // What the index allows to be misplaced may change a size by no more than that.
    if (Math.abs(there - wanted) > Math.max(1, wanted * (1 - minimumRandIndex)))
      disagreements.push(
        `Segment ${segment} has ${formatNumber(there)} rows, the group ${group}, which it is, has ${formatNumber(wanted)}.`,
      );
    const [wantedCentre, centre] = [planted.centre(group), found.centre(segment)];
    for (const [at, column] of columns.entries()) {
      const [expected = 0, is = 0] = [wantedCentre[at], centre[at]];
      if (Math.abs(is - expected) > centreTolerance * (deviations[at] ?? 0))
        disagreements.push(
          `The centre of segment ${segment} has ${column} ${is.toFixed(3)}, that of the group ${group} ${expected.toFixed(3)}.`,
        );
    }
  }
  return { randIndex, disagreements };
}

function largest(counts: ReadonlyMap<string, number> | undefined): string {
  let best = '';
  let most = 0;
  for (const [segment, count] of counts ?? []) {
    if (count > most) [best, most] = [segment, count];
  }
  return best;
}

/** Sizes and centres of groups of rows, added up row by row: memory does not grow with the rows. */
export class GroupStatistics {
  readonly #groups = new Map<string, { rows: number; readonly sums: number[] }>();
  #rows = 0;
  readonly #sums: number[] = [];
  readonly #squares: number[] = [];

  add(group: string, values: readonly number[]): void {
    let one = this.#groups.get(group);
    if (one === undefined) {
      one = { rows: 0, sums: values.map(() => 0) };
      this.#groups.set(group, one);
    }
    one.rows += 1;
    this.#rows += 1;
    for (const [at, value] of values.entries()) {
      one.sums[at] = (one.sums[at] ?? 0) + value;
      this.#sums[at] = (this.#sums[at] ?? 0) + value;
      this.#squares[at] = (this.#squares[at] ?? 0) + value * value;
    }
  }

  names(): readonly string[] {
    return [...this.#groups.keys()];
  }

  size(group: string): number {
    return this.#groups.get(group)?.rows ?? 0;
  }

  centre(group: string): readonly number[] {
    const one = this.#groups.get(group);
    return one === undefined ? [] : one.sums.map((sum) => sum / one.rows);
  }

  /** The standard deviation of each value over all rows. */
  deviations(): readonly number[] {
    return this.#sums.map((sum, at) => {
      const mean = sum / this.#rows;
      return Math.sqrt(Math.max(0, (this.#squares[at] ?? 0) / this.#rows - mean * mean));
    });
  }
}
