import type { Faker } from '@faker-js/faker';
import { SeededRandom } from './seeded-random.ts';

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

/** A name or a place as written by its people, and its ASCII form for an e-mail address. */
type SpelledWord = readonly [text: string, ascii: string];

/**
 * Words that a wrong encoding, a wrong normal form or a careless quotation would spoil: accents both composed and
 * decomposed, letters outside Latin-1, right-to-left script, characters beyond the 16-bit plane, quotation marks.
 */
const internationalFirstNames: readonly SpelledWord[] = [
  ['José', 'jose'],
  ['Zoë', 'zoe'],
  ['Zoe\u0308', 'zoe'],
  ['Jürgen', 'juergen'],
  ['Łukasz', 'lukasz'],
  ['Małgorzata', 'malgorzata'],
  ['Søren', 'soren'],
  ['Çağla', 'cagla'],
  ['İpek', 'ipek'],
  ['Đorđe', 'dorde'],
  ['Óscar "Chico"', 'oscar'],
  ['Татьяна', 'tatyana'],
  ['Ελένη', 'eleni'],
  ['نور', 'nour'],
  ['美咲', 'misaki'],
  ['秀英', 'xiuying'],
  ['지우', 'jiwoo'],
];

const internationalLastNames: readonly SpelledWord[] = [
  ['Müller', 'mueller'],
  ['Großmann', 'grossmann'],
  ['Núñez', 'nunez'],
  ['Nu\u0301n\u0303ez', 'nunez'],
  ['Wałęsa', 'walesa'],
  ['Dvořák', 'dvorak'],
  ['Ångström', 'angstrom'],
  ['O\u2019Brien', 'obrien'],
  ['Nguyễn', 'nguyen'],
  ['Şahin', 'sahin'],
  ['Иванова', 'ivanova'],
  ['Παπαδόπουλος', 'papadopoulos'],
  ['حداد', 'haddad'],
  ['\u{20BB7}野', 'yoshino'],
  ['王', 'wang'],
  ['김', 'kim'],
];

const internationalCities: readonly SpelledWord[] = [
  ['São Paulo', 'sao-paulo'],
  ['Zürich', 'zurich'],
  ['Łódź', 'lodz'],
  ['Kraków', 'krakow'],
  ['Krako\u0301w', 'krakow'],
  ['Besançon', 'besancon'],
  ['Malmö', 'malmo'],
  ['Þorlákshöfn', 'thorlakshofn'],
  ['İzmir', 'izmir'],
  ['Đà Nẵng', 'da-nang'],
  ['Кемерово', 'kemerovo'],
  ['Αθήνα', 'athina'],
  ['القاهرة', 'cairo'],
  ['東京都', 'tokyo'],
  ['北京市', 'beijing'],
  ['서울', 'seoul'],
  ['Route\\66 "Ville"', 'route'],
];
