import type { SqliteValue } from '../database/connection.ts';

const longest = 60;

/** A value for people: on one line, not too long, and without characters that a terminal would obey. */
export function showValue(value: SqliteValue): string {
  if (value === null) return 'empty';
  if (typeof value === 'object') return `${value.length} bytes`;
  if (typeof value !== 'string') return String(value);
  const characters = [...value];
  const shown = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : value;
  // Other and separator characters: controls, bidirectional marks, line separators, lone surrogates.
  return JSON.stringify(shown).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** Named values: `id 5, city "Paris"`. */
export function showKey(columns: readonly string[], values: readonly SqliteValue[]): string {
  return columns.map((column, index) => `${column} ${showValue(values[index] ?? null)}`).join(', ');
}

/** Numbered things in plain words: `1 row`, `2 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
