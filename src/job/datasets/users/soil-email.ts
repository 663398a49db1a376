import type { SeededRandom } from '../seeded-random.ts';

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

/** Counts whole characters, so that none outside the 16-bit plane is torn into two invalid halves. */
function insertAt(text: string, index: number, inserted: string): string {
  return [...text].toSpliced(index, 0, inserted).join('');
}
