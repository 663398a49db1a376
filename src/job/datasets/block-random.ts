import { SeededRandom } from './seeded-random.ts';

/** The rows of a block. Changing it changes the bytes of every dataset. */
export const rowsOfBlock = 1000;

/** Random numbers that begin anew with each block of rows, so that a block can be drawn without those before it. */
export class BlockRandom {
  readonly #seed: number;
  readonly #stream: string;
  #block = 0;
  #random: SeededRandom;

  constructor(seed: number, stream: string) {
    this.#seed = seed;
    this.#stream = stream;
    this.#random = new SeededRandom(seed, stream);
  }

  /** The numbers of a row, counted from 0. A block is drawn from its first row on. */
  at(row: number): SeededRandom {
    const block = Math.floor(row / rowsOfBlock);
    if (block !== this.#block) {
      this.#block = block;
      this.#random = new SeededRandom(this.#seed, this.#stream, block);
    }
    return this.#random;
  }
}
