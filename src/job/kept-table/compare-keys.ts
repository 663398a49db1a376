import type { RowValue } from '../targets/target.ts';

/** Compares two keys as SQLite orders them: empty values, numbers, texts by their UTF-8, bytes. */
export function compareKeys(one: readonly RowValue[], other: readonly RowValue[]): number {
  for (const [index, value] of one.entries()) {
    const found = compareValues(value, other[index] ?? null);
    if (found !== 0) return found;
  }
  return 0;
}

/** Compares two values; 0 for the same ones. */
export function compareValues(one: RowValue, other: RowValue): number {
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  if (rank !== otherRank || one === null || other === null) return rank - otherRank;
  if (typeof one === 'string' && typeof other === 'string')
    return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other);
  // Whole numbers and others compare by their exact values.
  return one < other ? -1 : one > other ? 1 : 0;
}

function rankOf(value: RowValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 2;
  return typeof value === 'object' ? 3 : 1;
}
