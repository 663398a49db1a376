import type { SeededRandom } from './seeded-random.ts';

/** Draws the defect that strikes a row, if any. One draw decides among all of them, so that a row never has two. */
export class DefectDraw<Defect extends string> {
  readonly #defects: readonly Defect[];
  /** For each defect the number below which a draw means it, or one before it. */
  readonly #limits: readonly number[];
  readonly #last: number;

  constructor(defects: readonly Defect[], rates: Readonly<Partial<Record<Defect, number>>>) {
    let sum = 0;
    this.#defects = defects;
    this.#limits = defects.map((defect) => {
      sum += rates[defect] ?? 0;
      return sum;
    });
    this.#last = sum;
  }

  from(random: SeededRandom): Defect | undefined {
    const drawn = random.next();
    if (drawn >= this.#last) return undefined;
    return this.#defects[this.#limits.findIndex((limit) => drawn < limit)];
  }
}
