import type { SeededRandom } from '../seeded-random.ts';
import type { UserFields } from './user-rows.ts';

/** Every one is outside [A-Za-z0-9._%+@-], some only to a matcher that minds case and width. */
// biome-ignore format: a table of single characters reads best on few lines
const strayCharacters = [
  '!', '#', '$', '&', '*', '(', ')', ',', ':', ';', '<', '>', '/', '\\', '"', "'", '=', '?', '^', '`', '{', '|', '}', '~',
  'é', 'ü', 'ł', '王', '＠', '．', '\u212A', '\u0130', '\u017F', '\u200B', '\uFEFF', '\u{1F600}', '\u0301',
];
const blanks = [' ', '  ', '\t', '\u00A0'];

/** Puts one to three characters into an address that do not belong in any. */
export function addStrayCharacters(email: string, random: SeededRandom): string {
  let soiled = email;
  for (let left = 1 + random.below(3); left > 0; left--) {
    soiled = insertAt(soiled, random.below(email.length + 1), random.pick(strayCharacters));
  }
  return soiled;
}

/** Puts white space before, after or inside an address. */
export function addBlanks(email: string, random: SeededRandom): string {
  const places = [0, email.length, email.indexOf('@'), email.indexOf('@') + 1, random.below(email.length)];
  return insertAt(email, random.pick(places), random.pick(blanks));
}

/** Writes all of an address, or each of its words, with capitals. */
export function addCapitals(email: string, random: SeededRandom): string {
  if (random.below(2) === 0) return email.toUpperCase();
  return email.replace(/[a-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** Moves on from the middle of a character outside the 16-bit plane, so that none is torn into two invalid halves. */
function insertAt(text: string, index: number, inserted: string): string {
  const place = /^[\uDC00-\uDFFF]/.test(text.charAt(index)) ? index + 1 : index;
  return text.slice(0, place) + inserted + text.slice(place);
}

/** The JSON of an e-mail that is not there; undefined leaves the key out. */
const missingEmails: readonly (string | undefined)[] = [undefined, 'null', '""', '"   "', '"\\t"'];

export function withoutEmail(fields: UserFields, random: SeededRandom): UserFields {
  return { ...fields, email: random.pick(missingEmails.map((json) => ({ json }))).json };
}

/** Addresses that are still none after everything that does not belong was removed from them. */
const brokenEmails: readonly ((local: string, domain: string) => string)[] = [
  (local, domain) => `${local}${domain}`,
  (local) => `${local}@localhost`,
  (_local, domain) => `@${domain}`,
  (local) => `${local}@`,
  (local, domain) => `${local}@@${domain}`,
  (local, domain) => `${local}@${local}@${domain}`,
  (local, domain) => `${local}..x@${domain}`,
  (local, domain) => `.${local}@${domain}`,
  (local, domain) => `${local}.@${domain}`,
  (local, domain) => `${local}@-${domain}`,
  (local) => `${local}@example.c`,
  (local) => `${local}@192.0.2.1`,
  (local) => `${local}@example_mail.com`,
  () => '???',
];

/** An address with a flaw that cleaning cannot mend. */
export function breakEmail(email: string, random: SeededRandom): string {
  const at = email.indexOf('@');
  return random.pick(brokenEmails)(email.slice(0, at), email.slice(at + 1));
}

/** Fields whose value is of another JSON type than the column's, or is outside what the type can hold. */
const wrongTypes: readonly ((fields: UserFields) => Partial<UserFields>)[] = [
  ({ id }) => ({ id: `"${id}"` }),
  ({ id }) => ({ id: `${id}.5` }),
  () => ({ id: '9223372036854775808' }),
  () => ({ name: '42' }),
  ({ name }) => ({ name: `[${name}]` }),
  ({ age }) => ({ age: `"${age}"` }),
  ({ age }) => ({ age: `${age}.5` }),
  () => ({ age: 'true' }),
  () => ({ email: '7' }),
  ({ email }) => ({ email: `{"address":${email ?? 'null'}}` }),
  ({ salary }) => ({ salary: `"${salary}"` }),
  () => ({ salary: '1e400' }),
  () => ({ salary: '[]' }),
  () => ({ city: 'false' }),
  ({ city }) => ({ city: `[${city}]` }),
  () => ({ createdAt: '1767225600000' }),
];

export function withWrongType(fields: UserFields, random: SeededRandom): UserFields {
  return { ...fields, ...random.pick(wrongTypes)(fields) };
}

/** A line that is not one JSON object. `bytes` is there where the line is not valid UTF-8; `raw` then has U+FFFD in its place. */
interface BrokenLine {
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
