/** The bits of a block, which is in memory as a whole. */
class Bits {
  #bytes: Buffer;
  #at = 0;
  #bit = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Up to 24 bits, the highest first. */
  take(count: number): number {
    let value = 0;
    for (let wanted = count; wanted > 0; ) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Error('unexpected end of bzip2 data');
      const taken = Math.min(wanted, 8 - this.#bit);
      value = (value << taken) | ((byte >> (8 - this.#bit - taken)) & ((1 << taken) - 1));
      wanted -= taken;
      this.#bit += taken;
      if (this.#bit === 8) {
        this.#bit = 0;
        this.#at += 1;
      }
    }
    return value;
  }

  /** The same as `take(1)`: most of the time goes into it. */
  bit(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('unexpected end of bzip2 data');
    const value = (byte >> (7 - this.#bit)) & 1;
    this.#bit = (this.#bit + 1) & 7;
    if (this.#bit === 0) this.#at += 1;
    return value;
  }

  take32(): number {
    return ((this.take(16) << 16) | this.take(16)) >>> 0;
  }

  align(): void {
    if (this.#bit > 0) this.#at += 1;
    this.#bit = 0;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Goes on with more bytes after those that are left. */
  append(more: readonly Buffer[]): void {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), ...more]);
    this.#at = 0;
  }
}

/** More than the largest block takes: 18,001 groups of 50 codes of 20 bits, and its tables. */
const bytesOfBlock = 2_400_000;
const symbolsOfGroup = 50;
const longestCode = 20;
const bytesOfPiece = 1 << 18;

/** The content of a file that bzip2 has written, in one stream or several after each other, piece by piece. */
export async function* bunzip2(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = pieces[Symbol.asyncIterator]();
  const bits = new Bits(Buffer.alloc(0));
  let ended = false;
  const fill = async () => {
    const more: Buffer[] = [];
    for (let size = bits.remaining; !ended && size < bytesOfBlock; ) {
      const { done, value } = await source.next();
      ended = done === true;
      if (done) break;
      more.push(Buffer.from(value));
      size += value.length;
    }
    if (more.length > 0) bits.append(more);
  };
  for (;;) {
    await fill();
    if (bits.remaining === 0) return;
    if (bits.take(24) !== 0x425a68) throw new Error('no bzip2 header');
    const level = bits.take(8) - 0x30;
    if (level < 1 || level > 9) throw new Error('bad bzip2 header');
    for (;;) {
      await fill();
      const magic = [bits.take(24), bits.take(24)];
      if (magic[0] === 0x177245 && magic[1] === 0x385090) break;
      if (magic[0] !== 0x314159 || magic[1] !== 0x265359) throw new Error('bad bzip2 block');
      yield* block(bits, level * 100_000);
    }
    bits.take32();
    bits.align();
  }
}

function* block(bits: Bits, most: number): Generator<Buffer> {
  const expected = bits.take32();
  if (bits.bit() === 1) throw new Error('a bzip2 file of an early version');
  const first = bits.take(24);
  const symbols = decodeSymbols(bits, most);
  if (first >= symbols.length && symbols.length > 0) throw new Error('bad bzip2 block');
  yield* textOf(symbols, first, expected);
}

/** The bytes of a block in the order of the Burrows-Wheeler transform. */
function decodeSymbols(bits: Bits, most: number): Uint8Array {
  const used = usedBytes(bits);
  const tables = bits.take(3);
  const selectorCount = bits.take(15);
  if (used.length === 0 || tables < 2 || tables > 6 || selectorCount < 1) throw new Error('bad bzip2 block');
  const selectors = new Uint8Array(selectorCount);
  const order = Array.from({ length: tables }, (_, index) => index);
  for (let index = 0; index < selectorCount; index++) {
    let place = 0;
    while (bits.bit() === 1) if (++place >= tables) throw new Error('bad bzip2 block');
    const [table = 0] = order.splice(place, 1);
    order.unshift(table);
    selectors[index] = table;
  }
  const size = used.length + 2;
  const codes = order.map(() => new HuffmanCode(codeLengths(bits, size)));
  const endOfBlock = size - 1;
  const front = Uint8Array.from(used);
  const found = new Uint8Array(most);
  let count = 0;
  let run = 0;
  let weight = 1;
  for (let decoded = 0; ; decoded++) {
    const code = codes[selectors[Math.floor(decoded / symbolsOfGroup)] ?? -1];
    if (code === undefined) throw new Error('bad bzip2 block');
    const symbol = code.decode(bits);
    if (symbol <= 1) {
      run += weight << symbol;
      weight <<= 1;
      if (run > most) throw new Error('bad bzip2 block');
      continue;
    }
    if (run > 0) {
      if (count + run > most) throw new Error('bad bzip2 block');
      found.fill(front[0] ?? 0, count, count + run);
      count += run;
      run = 0;
      weight = 1;
    }
    if (symbol === endOfBlock) return found.subarray(0, count);
    const byte = front[symbol - 1] ?? 0;
    front.copyWithin(1, 0, symbol - 1);
    front[0] = byte;
    if (count >= most) throw new Error('bad bzip2 block');
    found[count++] = byte;
  }
}

function usedBytes(bits: Bits): readonly number[] {
  const groups = bits.take(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue;
    const members = bits.take(16);
    for (let each = 0; each < 16; each++)
      if (((members >> (15 - each)) & 1) === 1) used.push(group * 16 + each);
  }
  return used;
}

function codeLengths(bits: Bits, size: number): readonly number[] {
  const lengths: number[] = [];
  let length = bits.take(5);
  while (lengths.length < size) {
    for (;;) {
      if (length < 1 || length > longestCode) throw new Error('bad bzip2 block');
      if (bits.bit() === 0) break;
      length += bits.bit() === 0 ? 1 : -1;
    }
    lengths.push(length);
  }
  return lengths;
}

/** A canonical Huffman code: shorter codes first, those of one length in the order of their symbols. */
class HuffmanCode {
  readonly #symbols: Uint16Array;
  /** For each length: the first code, how many there are, and where their symbols begin. */
  readonly #first = new Int32Array(longestCode + 1);
  readonly #count = new Int32Array(longestCode + 1);
  readonly #offset = new Int32Array(longestCode + 1);

  constructor(lengths: readonly number[]) {
    const symbols: number[] = [];
    let first = 0;
    for (let length = 1; length <= longestCode; length++) {
      const offset = symbols.length;
      for (const [symbol, each] of lengths.entries()) if (each === length) symbols.push(symbol);
      this.#first[length] = first;
      this.#count[length] = symbols.length - offset;
      this.#offset[length] = offset;
      first = (first + symbols.length - offset) << 1;
    }
    this.#symbols = Uint16Array.from(symbols);
  }

  decode(bits: Bits): number {
    let code = 0;
    for (let length = 1; length <= longestCode; length++) {
      code = (code << 1) | bits.bit();
      const place = code - (this.#first[length] ?? 0);
      if (place >= 0 && place < (this.#count[length] ?? 0))
        return this.#symbols[(this.#offset[length] ?? 0) + place] ?? 0;
    }
    throw new Error('bad bzip2 block');
  }
}

const checksumTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** For each byte of the transform the place of the byte that follows it in the text. */
function followers(bytes: Uint8Array): Uint32Array {
  const starts = new Uint32Array(257);
  for (const byte of bytes) starts[byte + 1] = (starts[byte + 1] ?? 0) + 1;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] = (starts[byte + 1] ?? 0) + (starts[byte] ?? 0);
  const next = new Uint32Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const place = starts[byte] ?? 0;
    next[place] = at;
    starts[byte] = place + 1;
  }
  return next;
}

/**
 * The text of a block: undoes the transform, and then the first step of bzip2, in which four equal bytes are followed by
 * how often the byte is repeated. All pieces are in the same memory.
 */
function* textOf(bytes: Uint8Array, first: number, expected: number): Generator<Buffer> {
  const next = followers(bytes);
  const piece = Buffer.allocUnsafeSlow(bytesOfPiece);
  let size = 0;
  let sum = 0xffffffff;
  let last = -1;
  let equal = 0;
  let at = next[first] ?? 0;
  for (let left = bytes.length; left > 0; left--) {
    const byte = bytes[at] ?? 0;
    at = next[at] ?? 0;
    const repeated = equal === 4;
    const written = repeated ? last : byte;
    for (let count = repeated ? byte : 1; count > 0; count--) {
      piece[size++] = written;
      sum = ((sum << 8) ^ (checksumTable[((sum >>> 24) ^ written) & 0xff] ?? 0)) >>> 0;
    }
    equal = repeated ? 0 : byte === last ? equal + 1 : 1;
    last = repeated ? -1 : byte;
    // A repetition is of 255 bytes at most.
    if (size < bytesOfPiece - 255) continue;
    yield piece.subarray(0, size);
    size = 0;
  }
  if (size > 0) yield piece.subarray(0, size);
  if ((sum ^ 0xffffffff) >>> 0 !== expected) throw new Error('a bzip2 block has another checksum');
}
