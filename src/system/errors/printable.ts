/** Other and separator characters: controls, bidirectional marks, line separators, lone surrogates. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A text as a terminal may show it. Records, file names and messages hold what others have written: a control character
 * in it could move the cursor, rename the window or hide a line. Line ends and tabs stay, where `lines` says so.
 */
export function printable(text: string, lines: 'one-line' | 'lines' = 'one-line'): string {
  return text.replace(unprintable, (character) =>
    lines === 'lines' && (character === '\n' || character === '\t')
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Facts whose text has several lines. */
const severalLines = new Set(['message', 'hint', 'detail']);

/** A record with every text in it made printable. */
export function printableRecord<Value>(value: Value, lines: 'one-line' | 'lines' = 'one-line'): Value {
  if (typeof value === 'string') return printable(value, lines) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => printableRecord(each)) as Value;
  const entries = Object.entries(value).map(([key, each]) => [
    printable(key),
    printableRecord(each, severalLines.has(key) ? 'lines' : 'one-line'),
  ]);
  return Object.fromEntries(entries) as Value;
}

/** JSON that is also safe to look at: in a string the escape means the same character. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(unprintable, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}
