import { type DataDiff, showKey, showValue } from '../../operations/compare-data.ts';
import { printable } from '../../system/errors/printable.ts';
import { counted } from '../../system/format-number.ts';

/** The rows in which two tables differ: how many of each kind, the first of them, and the columns that have changed. */
export function formatDataDiff(a: string, b: string, diff: Omit<DataDiff, 'a' | 'b'>): string {
  const { rows, added, removed, changed, columns, only } = diff;
  const perColumn = Object.entries(columns).map(([column, count]) => `${column} in ${counted(count, 'row')}`);
  const lines = [
    ...linesOf('added', added, diff),
    ...linesOf('removed', removed, diff),
    ...linesOf('changed', changed, diff),
    ...(perColumn.length === 0 ? [] : [`Changed: ${perColumn.join(', ')}`]),
    ...only.a.map((column) => `Only A has the column ${column}`),
    ...only.b.map((column) => `Only B has the column ${column}`),
  ];
  const text = [
    `A  ${a}, ${counted(rows.a, 'row')}`,
    `B  ${b}, ${counted(rows.b, 'row')}`,
    '',
    ...(lines.length === 0 ? ['The rows are the same.'] : lines),
  ];
  return printable(`${text.join('\n')}\n`, 'lines');
}

function linesOf(
  word: string,
  { rows, samples }: DataDiff['added'],
  { primaryKey }: Pick<DataDiff, 'primaryKey'>,
): readonly string[] {
  if (rows === 0) return [];
  const shown = samples.map(({ key, values = [] }) => {
    const changes = values.map(({ column, a, b }) => `${column} ${showValue(a)} -> ${showValue(b)}`);
    return `  ${showKey(primaryKey, key)}${changes.length === 0 ? '' : `: ${changes.join(', ')}`}`;
  });
  return [`${counted(rows, 'row')} ${word}`, ...shown, ...(rows > samples.length ? ['  …'] : [])];
}
