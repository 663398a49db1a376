import { expect, test } from 'vitest';
import { RowChecksum } from '../../../src/job/datasets/row-checksum.ts';
import type { RowValue } from '../../../src/job/targets/target.ts';
import { referenceChecksum } from './reference-reading.ts';

type Row = readonly (string | number | bigint | null)[];

function checksum(...rows: readonly Row[]): string {
  const sum = new RowChecksum();
  for (const row of rows) sum.add(row);
  expect(sum.rows).toBe(rows.length);
  return sum.digest();
}

const rows: readonly Row[] = [
  [1, 'Zoë', null, 0.1, ''],
  [2n ** 63n - 1n, '王', -0, 1e21, '\u{20BB7}'],
  [3, 'a\u001fb', -5, 5e-7, '\n'],
];

test('nothing', () => {
  expect(checksum()).toBe('000000000000000000000000');
});

test('a value that any implementation must give', () => {
  // printf '1\x1fZo\xc3\xab\x1f\x00\x1f0.1\x1f' | sha256sum | cut -c 1-24
  expect(checksum(rows[0] ?? [])).toBe('3289d2cb1d93078d7ae4ea09');
});

test('the same rows as in spark/tests/test_row_checksum.py', () => {
  const reals: readonly (readonly RowValue[])[] = [
    [1, 'Zoë', null, 0.1, ''],
    [2n ** 63n - 1n, '王', Buffer.from([0, 255]), 1e21, '\u{20BB7}'],
    [3, 'a\u001fb', Buffer.from([]), 5e-7, '\n'],
  ];
  const sum = new RowChecksum();
  for (const row of reals) sum.add(row);
  expect(sum.digest()).toBe('e83d9dd5f3c5429f2e81acd0');
});

test('the written definition, whatever the order', () => {
  expect(checksum(...rows)).toBe(referenceChecksum(rows));
  expect(checksum(...rows.toReversed())).toBe(referenceChecksum(rows));
});

test('a whole number is the same as number, bigint and real; text is the same as its own digits', () => {
  expect(checksum([5, 52_000])).toBe(checksum([5n, 52_000.0]));
  expect(checksum([-0])).toBe(checksum([0]));
});

test.each<[string, readonly Row[]]>([
  [
    'a changed value',
    [
      [1, 'a'],
      [2, 'c'],
    ],
  ],
  ['a missing row', [[1, 'a']]],
  [
    'a row that is there twice',
    [
      [1, 'a'],
      [2, 'b'],
      [2, 'b'],
    ],
  ],
  [
    'values that changed places',
    [
      [1, 'b'],
      [2, 'a'],
    ],
  ],
  [
    'null for text',
    [
      [1, 'a'],
      [2, null],
    ],
  ],
])('%s is noticed', (_what, changed) => {
  expect(checksum(...changed)).not.toBe(checksum([1, 'a'], [2, 'b']));
});

test('sums wrap around at 2^48', () => {
  const many = Array.from({ length: 3000 }, (_, index): Row => [index]);
  expect(checksum(...many)).toBe(referenceChecksum(many));
});

test('the raw text of a line is a row of one value', () => {
  const sum = new RowChecksum();
  sum.addText('{"id":1');
  expect(sum.digest()).toBe(checksum(['{"id":1']));
});
