import type { Difference, RunDiff } from '../../runs/diff-runs.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { formatTable } from './format-table.ts';

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
const change = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'exceptZero' });

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
    difference.change === undefined ? '' : change.format(difference.change),
  ];
}

function show(value: string | number | undefined): string {
  if (value === undefined) return '-';
  return typeof value === 'number' ? number.format(value) : value;
}
