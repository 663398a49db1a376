import { createRequire } from 'node:module';
import type { Faker } from '@faker-js/faker';
import { SeededRandom } from '../seeded-random.ts';
import {
  internationalCities,
  internationalFirstNames,
  internationalLastNames,
  type SpelledWord,
} from './international-words.ts';

/** A word ready to be written: as a value, as the inside of a JSON string, and as part of an e-mail address. */
export interface PooledWord {
  readonly text: string;
  readonly json: string;
  readonly ascii: string;
}

export interface WordPools {
  readonly firstNames: readonly PooledWord[];
  readonly lastNames: readonly PooledWord[];
  readonly cities: readonly PooledWord[];
  readonly foreignFirstNames: readonly PooledWord[];
  readonly foreignLastNames: readonly PooledWord[];
  readonly foreignCities: readonly PooledWord[];
}

const poolSize = 800;

/** The version of faker that is installed: its word lists are part of what decides the bytes. */
export function fakerVersion(): string {
  const { version } = createRequire(import.meta.url)('@faker-js/faker/package.json') as { version: string };
  return version;
}

/**
 * Draws names and cities from faker once, because each of its composite calls costs as much as a whole row may.
 * The rows then draw from the pools.
 */
export async function fillWordPools(seed: number): Promise<WordPools> {
  const faker = await openFaker(new SeededRandom(seed, 'words'));
  const draw = (one: () => string): PooledWord[] =>
    Array.from({ length: poolSize }, () => {
      const text = one();
      return pooled([text, text.toLowerCase().replace(/[^a-z]/g, '') || 'user'], false);
    });
  return {
    firstNames: draw(() => faker.person.firstName()),
    lastNames: draw(() => faker.person.lastName()),
    cities: draw(() => faker.location.city()),
    foreignFirstNames: bothSpellings(internationalFirstNames),
    foreignLastNames: bothSpellings(internationalLastNames),
    foreignCities: bothSpellings(internationalCities),
  };
}

/**
 * A faker of its own, so that the shared instance of other code keeps its seed. Its class is taken from the English
 * entry point, because the main one loads all seventy locales (and 30 MB).
 */
async function openFaker(random: SeededRandom): Promise<Faker> {
  const { faker: english } = await import('@faker-js/faker/locale/en');
  const EnglishFaker = english.constructor as typeof Faker;
  return new EnglishFaker({
    locale: english.rawDefinitions,
    // The stream was seeded when it was made; faker's own, random seed must not reach it.
    randomizer: { next: () => random.next(), seed: () => {} },
  });
}

/** Each word once as itself and once as \u escapes: two spellings of the same JSON string. */
function bothSpellings(words: readonly SpelledWord[]): PooledWord[] {
  return words.flatMap((word) => [pooled(word, false), pooled(word, true)]);
}

function pooled([text, ascii]: SpelledWord, escaped: boolean): PooledWord {
  const plain = JSON.stringify(text).slice(1, -1);
  return { text, ascii, json: escaped ? plain.replace(/[^ -~]/g, unicodeEscape) : plain };
}

function unicodeEscape(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
