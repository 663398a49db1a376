/** Sizes and centres of groups of rows, added up row by row: memory does not grow with the rows. */
export class GroupStatistics {
  readonly #groups = new Map<string, { rows: number; readonly sums: number[] }>();
  #rows = 0;
  readonly #sums: number[] = [];
  readonly #squares: number[] = [];

  add(group: string, values: readonly number[]): void {
    let one = this.#groups.get(group);
    if (one === undefined) {
      one = { rows: 0, sums: values.map(() => 0) };
      this.#groups.set(group, one);
    }
    one.rows += 1;
    this.#rows += 1;
    for (const [at, value] of values.entries()) {
      one.sums[at] = (one.sums[at] ?? 0) + value;
      this.#sums[at] = (this.#sums[at] ?? 0) + value;
      this.#squares[at] = (this.#squares[at] ?? 0) + value * value;
    }
  }

  names(): readonly string[] {
    return [...this.#groups.keys()];
  }

  size(group: string): number {
    return this.#groups.get(group)?.rows ?? 0;
  }

  centre(group: string): readonly number[] {
    const one = this.#groups.get(group);
    return one === undefined ? [] : one.sums.map((sum) => sum / one.rows);
  }

  /** The standard deviation of each value over all rows. */
  deviations(): readonly number[] {
    return this.#sums.map((sum, at) => {
      const mean = sum / this.#rows;
      return Math.sqrt(Math.max(0, (this.#squares[at] ?? 0) / this.#rows - mean * mean));
    });
  }
}
