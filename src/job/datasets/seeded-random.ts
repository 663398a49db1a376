/**
 * Random numbers that depend on nothing but a seed and a stream name: 32-bit integer arithmetic only (Chris
 * Doty-Humphrey's sfc32), so that every machine and every engine draws the same ones.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** Streams of one seed are independent: drawing from one never moves another. A stream may have many numbered parts. */
  constructor(seed: number, stream: string, part = 0) {
    this.#counter = (part + 1) | 0;
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < stream.length; i++) this.#c = Math.imul(this.#c ^ stream.charCodeAt(i), 0x01000193);
    // Seeds that differ in one bit only look alike until the state is mixed.
    for (let i = 0; i < 20; i++) this.#draw();
  }

  /** A number from 0 up to, but not including, 1. */
  next(): number {
    return this.#draw() / 2 ** 32;
  }

  /** An integer from 0 up to, but not including, `limit` (at most 2^32). */
  below(limit: number): number {
    return Math.floor((this.#draw() / 2 ** 32) * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from an empty list.');
    return item;
  }

  #draw(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
