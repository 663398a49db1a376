import type { Difference, RunDiff } from '../../run/diff-runs.ts';
import type { RunRecord } from '../../run/run-record.ts';
import { formatTable } from './format-table.ts';

/** As many digits as a number can have in JavaScript and still be written as it was read. */
const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });
const change = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'exceptZero' });
const changeOfCount = new Intl.NumberFormat('en-US', { signDisplay: 'exceptZero' });

/** Two runs side by side: what differs, and how many facts do not. */
export function formatRunDiff(a: RunRecord, b: RunRecord, { differences, same }: RunDiff): string {
  if (differences.length === 0) return `${a.id} and ${b.id} are the same in all ${same} facts.\n`;
  return (
    `A  ${a.id}\nB  ${b.id}\n\n${formatTable(['what', 'a', 'b', 'change'], differences.map(cellsOf))}` +
    `\n${same} other facts are the same.\n`
  );
}

function cellsOf(difference: Difference): readonly string[] {
  return [
    difference.what,
    show(difference.a),
    show(difference.b),
    difference.change === undefined ? '' : showChange(difference.change),
  ];
}

function show(value: string | number | undefined): string {
  if (value === undefined) return '-';
  return typeof value === 'number' ? exactly(value) : value;
}

/** Every digit of a number: two that differ never look the same. */
function exactly(value: number): string {
  const text = number.format(value);
  return Number(text.replaceAll(',', '')) === value ? text : String(value);
}

/** The change of a count is exact; that of a fraction is no more exact than the subtraction of two of them. */
function showChange(value: number): string {
  return (Number.isInteger(value) ? changeOfCount : change).format(value);
}
