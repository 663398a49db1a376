import { BlockRandom } from '../block-random.ts';
import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { KeyedFates } from '../keyed-fates.ts';
import type { RejectionReason } from '../quarantine-reason.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { PooledWord, WordPools } from '../words.ts';
import {
  addBlanks,
  addCapitals,
  addStrayCharacters,
  breakEmail,
  breakLine,
  withoutEmail,
  withWrongType,
} from './spoil-user.ts';
import type { DestroyingUserDefect, UserDefect } from './users.ts';

const domains = ['example.com', 'example.net', 'example.org', 'mail.example.com', 'post.example.co.uk'];
/** One name in sixteen, and one city in sixteen, is not plain ASCII. */
const oneInForeign = 16;

const destroying: readonly DestroyingUserDefect[] = [
  'emailMissing',
  'emailBroken',
  'brokenJson',
  'wrongType',
  'duplicateId',
];

/** The lines of the `users` dataset. Values and defects are drawn from two streams: a rate changes no clean value. */
export class UserRows implements RowSource {
  readonly #pools: WordPools;
  readonly #values: BlockRandom;
  readonly #flaws: BlockRandom;
  readonly #rates: Readonly<Partial<Record<UserDefect, number>>>;
  readonly #fates: KeyedFates<DestroyingUserDefect>;
  #row = 0;

  constructor(pools: WordPools, { seed, defects: rates }: RowPlan) {
    this.#pools = pools;
    this.#values = new BlockRandom(seed, 'values');
    this.#flaws = new BlockRandom(seed, 'flaws');
    this.#rates = rates;
    this.#fates = new KeyedFates({ seed, destroying, duplicating: 'duplicateId', rates });
  }

  skip(rows: number): void {
    this.#row += rows;
    this.#fates.skip(rows);
  }

  next(): GeneratedRow {
    const values = this.#values.at(this.#row);
    const flaws = this.#flaws.at(this.#row);
    this.#row += 1;
    this.#fates.next();
    const { defect, isLoaded } = this.#fates;
    const id = `${this.#fates.id}`;
    const name = this.#drawName(values);
    const city = this.#drawCity(values);
    // With the number of the line, so that no two are the same.
    const cleanEmail = `${name.ascii}${this.#row}@${values.pick(domains)}`;
    const createdAt = drawInstant(values);
    const age = `${18 + values.below(73)}`;
    const salary = drawSalary(values);
    const email = this.#soil(cleanEmail, flaws);
    const fields: UserFields = {
      id,
      name: `"${name.json}"`,
      age,
      email: email === cleanEmail ? `"${email}"` : JSON.stringify(email),
      salary,
      city: `"${city.json}"`,
      createdAt: `"${createdAt}"`,
    };
    switch (defect) {
      case 'emailMissing':
        return rejected('missing-value', withoutEmail(fields, flaws));
      case 'emailBroken':
        return rejected('invalid-email', { ...fields, email: `"${breakEmail(cleanEmail, flaws)}"` });
      case 'wrongType':
        return rejected('wrong-type', withWrongType(fields, flaws));
      case 'brokenJson':
        return { fate: 'quarantined', reason: 'malformed-json', ...breakLine(userLine(fields), flaws) };
      case 'duplicateId':
      case undefined: {
        const raw = userLine(fields);
        if (isLoaded) return { fate: 'duplicate', raw };
        return {
          fate: 'loaded',
          raw,
          values: [id, name.text, age, cleanEmail, salary, city.text, createdAt],
        };
      }
    }
  }

  #soil(email: string, flaws: SeededRandom): string {
    const { emailCapitals, emailInvalidCharacters, emailSpaces } = this.#rates;
    let soiled = email;
    if (strikes(emailCapitals, flaws)) soiled = addCapitals(soiled, flaws);
    if (strikes(emailInvalidCharacters, flaws)) soiled = addStrayCharacters(soiled, flaws);
    if (strikes(emailSpaces, flaws)) soiled = addBlanks(soiled, flaws);
    return soiled;
  }

  #drawName(values: SeededRandom): PooledWord {
    const foreign = values.below(oneInForeign) === 0;
    const first = values.pick(foreign ? this.#pools.foreignFirstNames : this.#pools.firstNames);
    const last = values.pick(foreign ? this.#pools.foreignLastNames : this.#pools.lastNames);
    return {
      text: `${first.text} ${last.text}`,
      json: `${first.json} ${last.json}`,
      ascii: `${first.ascii}.${last.ascii}`,
    };
  }

  #drawCity(values: SeededRandom): PooledWord {
    const foreign = values.below(oneInForeign) === 0;
    return values.pick(foreign ? this.#pools.foreignCities : this.#pools.cities);
  }
}

function strikes(rate: number | undefined, flaws: SeededRandom): boolean {
  return rate !== undefined && flaws.next() < rate;
}

function rejected(reason: RejectionReason, fields: UserFields): GeneratedRow {
  return { fate: 'quarantined', reason, raw: userLine(fields) };
}

/** The JSON text of each field of one line. An absent one is left out of the line. */
export interface UserFields {
  readonly id: string;
  readonly name: string;
  readonly age: string;
  readonly email: string | undefined;
  readonly salary: string;
  readonly city: string;
  readonly createdAt: string;
}

/** The line of these fields, without its line end. */
function userLine(fields: UserFields): string {
  const email = fields.email === undefined ? '' : `,"email":${fields.email}`;
  return `{"id":${fields.id},"name":${fields.name},"age":${fields.age}${email},"salary":${fields.salary},"city":${fields.city},"created_at":${fields.createdAt}}`;
}

const numbered = <Item>(length: number, item: (n: number) => Item): readonly Item[] =>
  Array.from({ length }, (_, n) => item(n));
const padded = (n: number, digits: number) => String(n).padStart(digits, '0');

/** Rows are dated within the five years before 2026, never by the clock. */
const firstDay = Date.UTC(2021, 0, 1);
const msOfDay = 86_400_000;
const days = numbered(1826, (day) =>
  new Date(firstDay + day * msOfDay).toISOString().slice(0, 'YYYY-MM-DDT'.length),
);
const minutes = numbered(24 * 60, (n) => `${padded(Math.floor(n / 60), 2)}:${padded(n % 60, 2)}:`);
const seconds = numbered(60, (n) => `${padded(n, 2)}.`);
const milliseconds = numbered(1000, (n) => `${padded(n, 3)}Z`);

/** An instant as `YYYY-MM-DDTHH:MM:SS.sssZ`, put together from tables: toISOString is five times slower. */
function drawInstant(random: SeededRandom): string {
  return random.pick(days) + random.pick(minutes) + random.pick(seconds) + random.pick(milliseconds);
}

/** `.5` and not `.50`: a salary is written as JavaScript writes the number. */
const cents = numbered(100, (n) => (n === 0 ? '' : `.${padded(n, 2).replace(/0$/, '')}`));

/** Put together from digits: printing a floating-point number takes as long as half of the rest of the row. */
function drawSalary(random: SeededRandom): string {
  return `${24_000 + random.below(226_000)}${random.pick(cents)}`;
}
