/** What ECMAScript's `trim` removes, beyond ASCII, as the bytes of its UTF-8 (one character a byte). A byte order mark is among it. */
const wideBlanks: ReadonlySet<string> = new Set(
  [
    ...'\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
  ].map((blank) => Buffer.from(blank).toString('latin1')),
);
const beginnings: ReadonlySet<string> = new Set(
  [...wideBlanks].flatMap((bytes) => [bytes.slice(0, 1), bytes.slice(0, 2)]),
);

/** Reads the bytes of a line until it is known whether there is anything but white space in it. */
export class BlankSoFar {
  /** The first bytes of a character that may become white space. */
  #begun = '';

  /** Takes the next byte; false as soon as the line cannot be blank any more. */
  take(byte: number): boolean {
    if (byte < 0x80) return this.#begun === '' && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
    this.#begun += String.fromCharCode(byte);
    if (wideBlanks.has(this.#begun)) this.#begun = '';
    return this.#begun === '' || beginnings.has(this.#begun);
  }

  /** Whether the line that ends here was blank, and forgets it. */
  end(): boolean {
    const blank = this.#begun === '';
    this.#begun = '';
    return blank;
  }
}
