import type { SeededRandom } from '../seeded-random.ts';

/** A line that is not one JSON object. `bytes` is there where the line is not valid UTF-8; `raw` then has U+FFFD in its place. */
export interface BrokenLine {
  readonly raw: string;
  readonly bytes?: Uint8Array;
}

/** Some of these are accepted by lenient parsers: single quotes, bare keys, a second object behind the first. */
const breakings: readonly ((line: string, random: SeededRandom) => BrokenLine)[] = [
  (line, random) => ({ raw: cutOff(line, 1 + random.below(line.length - 1)) }),
  (line) => ({ raw: line.slice(0, -1) }),
  (line) => ({ raw: line.slice(1) }),
  (line) => ({ raw: `${line.slice(0, -1)},}` }),
  (line) => ({ raw: line + line }),
  (line) => ({ raw: `[${line}]` }),
  (line) => ({ raw: line.replaceAll('"', "'") }),
  (line) => ({ raw: line.replace('"id"', 'id') }),
  (line) => ({ raw: line.replace('"name":"', '"name":"\t') }),
  () => ({ raw: '"just a string"' }),
  () => ({ raw: '42' }),
  () => ({ raw: 'null' }),
  () => ({ raw: '# exported by the old system' }),
  (line) => withInvalidByte(line, [0xff]),
  (line) => withInvalidByte(line, [0xc3]),
];

/** Breaks the JSON of a line, or its encoding. */
export function breakLine(line: string, random: SeededRandom): BrokenLine {
  return random.pick(breakings)(line, random);
}

/** Puts bytes at the start of the name that are no UTF-8, before an ASCII space, so that every decoder replaces them by one U+FFFD. */
function withInvalidByte(line: string, invalid: readonly number[]): BrokenLine {
  const at = line.indexOf('"name":"') + '"name":"'.length;
  const before = line.slice(0, at);
  const after = ` ${line.slice(at)}`;
  return {
    raw: `${before}\uFFFD${after}`,
    bytes: Buffer.concat([Buffer.from(before), Uint8Array.from(invalid), Buffer.from(after)]),
  };
}

/** The start of a line, without the first half of a character that the cut went through. */
function cutOff(line: string, length: number): string {
  return line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
