import type { SeededRandom } from '../seeded-random.ts';

/** What stands in columns of numbers in the files of this world, and is none that a model could use. */
const notNumbers = [
  'unknown',
  'n/a',
  '-',
  'NaN',
  'nan',
  'Infinity',
  '-inf',
  '1e400',
  '0x1F',
  '1,5',
  '12 years',
  '１２',
];

/** Text in place of a number. */
export function notANumber(random: SeededRandom): string {
  return random.pick(notNumbers);
}

/** An empty field, or one that looks empty. */
export function nothing(random: SeededRandom): string {
  return random.pick(['', ' ', '   ', '\t']);
}
