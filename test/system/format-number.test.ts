import { expect, it } from 'vitest';
import { counted, formatChange, formatExactly, formatNumber } from '../../src/system/format-number.ts';

it('formats numbers as Intl does', () => {
  const { format } = new Intl.NumberFormat('en-US');
  const integers = [0, 1, 12, 999, 1_000, 12_345, 999_999, 1_000_000, 2 ** 31, Number.MAX_SAFE_INTEGER];
  const others = [0.5, 1_234.5678, 2 ** 53, 1e21, -0.25];
  for (const value of [...integers, ...integers.slice(1).map((each) => -each), ...others])
    expect(formatNumber(value)).toBe(format(value));
});

it('counts one thing and several, every digit, and changes with their sign', () => {
  expect([counted(1, 'worker'), counted(1_024, 'row')]).toEqual(['1 worker', '1,024 rows']);
  expect([formatExactly(1_234.5), formatExactly(2 ** 53 + 2)]).toEqual(['1,234.5', '9007199254740994']);
  expect([formatChange(1_024), formatChange(-3), formatChange(0), formatChange(0.123456)]).toEqual([
    '+1,024',
    '-3',
    '0',
    '+0.1235',
  ]);
});
