import { DefectDraw } from './defect-draw.ts';
import { KeyBitmap } from './key-bitmap.ts';
import { SeededRandom } from './seeded-random.ts';

interface FatesPlan<Defect extends string> {
  readonly seed: number;
  /** The defects that no cleaning can mend, in the order in which they are drawn. */
  readonly destroying: readonly Defect[];
  /** The one of them whose row is valid, and carries the id of an earlier line. */
  readonly duplicating: Defect;
  readonly rates: Readonly<Partial<Record<Defect, number>>>;
}

/**
 * The defect and the id of each row, one row after the other: all of a row that depends on those before it. It has a stream of
 * its own and costs little, so that a thread goes through the rows of the other threads, too.
 */
export class KeyedFates<Defect extends string> {
  readonly #random: SeededRandom;
  readonly #draw: DefectDraw<Defect>;
  readonly #duplicating: Defect;
  readonly #loaded = new KeyBitmap();
  /** Every id below this one was on an earlier line. */
  #nextId = 1;
  /** The current row's defect. */
  defect: Defect | undefined;
  /** The current row's id. */
  id = 0;
  /** True when a correct load has taken this id from an earlier line. */
  isLoaded = false;

  constructor({ seed, destroying, duplicating, rates }: FatesPlan<Defect>) {
    this.#random = new SeededRandom(seed, 'fates');
    this.#draw = new DefectDraw(destroying, rates);
    this.#duplicating = duplicating;
  }

  /** Goes on to the next row. */
  next(): void {
    this.defect = this.#draw.from(this.#random);
    const repeats = this.defect === this.#duplicating;
    this.id = repeats && this.#nextId > 1 ? 1 + this.#random.below(this.#nextId - 1) : this.#nextId++;
    // The line that carried an id first may itself have been rejected: then a duplicate is loaded after all.
    if (repeats || this.defect === undefined) this.isLoaded = !this.#loaded.add(this.id);
  }

  skip(rows: number): void {
    for (let left = rows; left > 0; left--) this.next();
  }
}
