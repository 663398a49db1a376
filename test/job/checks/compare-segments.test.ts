import { expect, test } from 'vitest';
import { compareSegments, GroupStatistics } from '../../../src/job/checks/segments/compare-segments.ts';

interface Row {
  readonly group: string;
  readonly segment: string;
  readonly is: number;
  /** The value in the table, where it is another one. */
  readonly there?: number;
}

function compare(rows: readonly Row[], minimumRandIndex = 0.95) {
  const contingency = new Map<string, Map<string, number>>();
  const [planted, found] = [new GroupStatistics(), new GroupStatistics()];
  for (const { group, segment, is, there = is } of rows) {
    planted.add(group, [is]);
    found.add(segment, [there]);
    const counts = contingency.get(group) ?? new Map<string, number>();
    counts.set(segment, (counts.get(segment) ?? 0) + 1);
    contingency.set(group, counts);
  }
  return compareSegments({ contingency, planted, found, columns: ['age'], minimumRandIndex });
}

const rowsOf = (count: number, row: Row) => Array.from({ length: count }, () => row);
const young: Row = { group: 'young', segment: '2', is: 20 };
const old: Row = { group: 'old', segment: '1', is: 70 };

test('segments that are the groups under other names agree', () => {
  expect(compare([...rowsOf(50, young), ...rowsOf(30, old)])).toEqual({ randIndex: 1, disagreements: [] });
});

test('a segment too many is told', () => {
  const rows = [...rowsOf(50, young), ...rowsOf(28, old), ...rowsOf(2, { ...old, segment: '3' })];
  expect(compare(rows, 0.5).disagreements).toEqual(['3 segments were found where 2 groups were planted.']);
});

test('rows that were put into the wrong segment lower the index', () => {
  const rows = [...rowsOf(40, young), ...rowsOf(10, { ...young, segment: '1' }), ...rowsOf(30, old)];
  const { randIndex, disagreements } = compare(rows);
  expect(randIndex).toBeCloseTo(0.5572, 4);
  expect(disagreements).toEqual([
    'The adjusted Rand index is 0.5572, below 0.95: rows that belong together are apart.',
    'Segment 2 has 40 rows, the group young, which it is, has 50.',
    'Segment 1 has 40 rows, the group old, which it is, has 30.',
    'The centre of segment 1 has age 57.500, that of the group old 70.000.',
  ]);
});

test('two groups in one segment are told, where the numbers of both are the same', () => {
  const rows = [...rowsOf(50, young), ...rowsOf(30, { ...old, segment: '2' }), ...rowsOf(1, { ...old })];
  expect(compare(rows, 0).disagreements).toEqual([
    'Two of the planted groups ended mostly in the same segment.',
  ]);
});

test('values that differ from those that were generated move a centre', () => {
  const rows = [...rowsOf(50, { ...young, there: 45 }), ...rowsOf(30, old)];
  expect(compare(rows).disagreements).toEqual([
    'The centre of segment 2 has age 45.000, that of the group young 20.000.',
  ]);
});
