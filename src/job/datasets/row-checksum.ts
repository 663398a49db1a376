import { hash } from 'node:crypto';
import type { RowValue } from '../targets/target.ts';

const laneSize = 2 ** 48;
const hexDigitsOfLane = 12;

/**
 * A checksum over rows that does not depend on their order. It finds mistakes, however small; it is no proof against
 * rows that are forged on purpose.
 *
 * Per row: SHA-256 of the UTF-8 text of its values, joined by U+001F. The first and the second six bytes of the digest
 * are two numbers; each is summed modulo 2^48 over the rows. A row that is there twice counts twice.
 */
export class RowChecksum {
  #rows = 0;
  #first = 0;
  #second = 0;

  add(values: readonly RowValue[]): void {
    let text = '';
    for (let i = 0; i < values.length; i++) {
      if (i > 0) text += '\u001f';
      text += valueText(values[i] ?? null);
    }
    this.addText(text);
  }

  /** Adds a row of one text value, such as the raw line of a rejected row; or the joined text of several, as UTF-8 too. */
  addText(text: string | Uint8Array): void {
    // A character for each byte: the quickest way to get at them.
    const digest = hash('sha256', text, 'binary');
    this.#change(1, laneAt(digest, 0), laneAt(digest, 6));
  }

  /** Adds the rows of another one. */
  join({ rows, first, second }: RowSums): void {
    this.#change(rows, first, second);
  }

  /** The state as data, for another thread. */
  get sums(): RowSums {
    return { rows: this.#rows, first: this.#first, second: this.#second };
  }

  get rows(): number {
    return this.#rows;
  }

  /** 24 lower-case hex digits. */
  digest(): string {
    return hexOfLane(this.#first) + hexOfLane(this.#second);
  }

  #change(rows: number, first: number, second: number): void {
    this.#rows += rows;
    // Both terms are below 2^48, so that their sum is exact as a double.
    this.#first = (this.#first + first) % laneSize;
    this.#second = (this.#second + second) % laneSize;
  }
}

/** The sums of some rows, as data. */
export interface RowSums {
  readonly rows: number;
  readonly first: number;
  readonly second: number;
}

/** The number that six bytes are, the most significant first. */
function laneAt(digest: string, start: number): number {
  let lane = 0;
  for (let place = start; place < start + 6; place++) lane = lane * 256 + digest.charCodeAt(place);
  return lane;
}

/** The text of a value that the checksum reads: two values with the same text are the same value. */
export function valueText(value: RowValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '\u0000';
  if (typeof value === 'object') return `blob:${Buffer.from(value).toString('hex')}`;
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** Numbers up to here have at most fifteen digits with their hundredths. */
const mostWithHundredths = 1e13;

/** The text of a number as JavaScript writes it. Amounts of money are put together from digits, five times as fast. */
function numberText(value: number): string {
  const hundredths = Math.round(value * 100);
  // The decimal number is the shortest for this value, since it has no more digits than a double keeps.
  if (value < 1 || value > mostWithHundredths || hundredths / 100 !== value) return String(value);
  const cents = hundredths % 100;
  const whole = (hundredths - cents) / 100;
  if (cents === 0) return `${whole}`;
  return cents % 10 === 0 ? `${whole}.${cents / 10}` : `${whole}.${cents < 10 ? '0' : ''}${cents}`;
}

function hexOfLane(lane: number): string {
  return lane.toString(16).padStart(hexDigitsOfLane, '0');
}
