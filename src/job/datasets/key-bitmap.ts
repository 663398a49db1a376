/** A set of non-negative integers that costs one bit for each number up to the largest: millions of keys in a few hundred kilobytes. */
export class KeyBitmap {
  #bytes = new Uint8Array(1024);

  /** Adds a key; false when it was there already. */
  add(key: number): boolean {
    const index = Math.floor(key / 8);
    const bit = 1 << (key % 8);
    if (index >= this.#bytes.length) this.#grow(index + 1);
    const before = this.#bytes[index] ?? 0;
    this.#bytes[index] = before | bit;
    return (before & bit) === 0;
  }

  has(key: number): boolean {
    return ((this.#bytes[Math.floor(key / 8)] ?? 0) & (1 << (key % 8))) !== 0;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
