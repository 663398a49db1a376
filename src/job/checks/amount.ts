import { z } from 'zod';

/** A number of rows, or a part of them such as `0.1%`. */
export type Amount = number | string;

const share = /^\d{1,3}(\.\d{1,6})?%$/;

/** Rows, as a whole number; where it stands for a part of a table, a percentage, too. */
export const rowsAmount = z.number().int().min(0);
const words = 'it is a number of rows, such as 5, or a percentage, such as 0.1%';
export const rowsOrShare = z.union([rowsAmount, z.string().regex(share, words)], { error: words });

/** The rows that an amount comes to, of so many. */
export function rowsOf(amount: Amount, of: number): number {
  if (typeof amount === 'number') return amount;
  // One part in a billion makes up for numbers that are not exact in binary, such as 0.07.
  return Math.floor((Number.parseFloat(amount) / 100) * of + 1e-9);
}
