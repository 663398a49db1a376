import { printable } from '../../system/errors/printable.ts';
import type { Breaking, RowValue } from '../targets/target.ts';

const longest = 60;

/** A value for people: on one line, not too long, and without characters that a terminal would obey. */
export function showValue(value: RowValue): string {
  if (value === null) return 'empty';
  if (typeof value === 'object') return `${value.length} bytes`;
  if (typeof value !== 'string') return String(value);
  const characters = [...value];
  const shown = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : value;
  return printable(JSON.stringify(shown));
}

/** Named values: `id 5, city "Paris"`. */
export function showKey(columns: readonly string[], values: readonly RowValue[]): string {
  return columns.map((column, index) => `${column} ${showValue(values[index] ?? null)}`).join(', ');
}

/** The rows that break a rule, by their keys, a line each: `id 5: city is "Paris".` */
export function showBreaking(
  samples: Breaking['samples'],
  column: string,
  keyColumns: readonly string[],
): string {
  return samples
    .map(({ key, value }) => `${showKey(keyColumns, key)}: ${column} is ${showValue(value)}.`)
    .join('\n');
}
