import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { KeyBitmap } from '../key-bitmap.ts';
import type { RejectionReason } from '../quarantine-reason.ts';
import { drawDefect, SeededRandom } from '../seeded-random.ts';
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

/** The values of a row that are not written as they are. */
interface CleanValues {
  readonly name: string;
  readonly email: string;
  readonly city: string;
  readonly createdAt: string;
}

/** The lines of the `users` dataset. Values and defects are drawn from two streams: a rate changes no clean value. */
export class UserRows implements RowSource {
  readonly #pools: WordPools;
  readonly #values: SeededRandom;
  readonly #flaws: SeededRandom;
  readonly #rates: Readonly<Partial<Record<UserDefect, number>>>;
  readonly #loaded = new KeyBitmap();
  /** Every id below this one was on an earlier line. */
  #nextId = 1;
  /** Part of every e-mail address, so that no two are the same. */
  #line = 0;

  constructor(pools: WordPools, plan: RowPlan) {
    this.#pools = pools;
    this.#values = new SeededRandom(plan.seed, 'values');
    this.#flaws = new SeededRandom(plan.seed, 'flaws');
    this.#rates = plan.defects;
  }

  next(): GeneratedRow {
    this.#line += 1;
    const defect = drawDefect(destroying, this.#rates, this.#flaws);
    const id =
      defect === 'duplicateId' && this.#nextId > 1 ? 1 + this.#flaws.below(this.#nextId - 1) : this.#nextId++;
    const name = this.#drawName();
    const city = this.#drawCity();
    const clean: CleanValues = {
      name: name.text,
      email: `${name.ascii}${this.#line}@${this.#values.pick(domains)}`,
      city: city.text,
      createdAt: drawInstant(this.#values),
    };
    const email = this.#soil(clean.email);
    const fields: UserFields = {
      id: `${id}`,
      name: `"${name.json}"`,
      age: `${18 + this.#values.below(73)}`,
      email: email === clean.email ? `"${email}"` : JSON.stringify(email),
      salary: this.#drawSalary(),
      city: `"${city.json}"`,
      createdAt: `"${clean.createdAt}"`,
    };
    switch (defect) {
      case 'emailMissing':
        return rejected('missing-value', withoutEmail(fields, this.#flaws));
      case 'emailBroken':
        return rejected('invalid-email', { ...fields, email: `"${breakEmail(clean.email, this.#flaws)}"` });
      case 'wrongType':
        return rejected('wrong-type', withWrongType(fields, this.#flaws));
      case 'brokenJson':
        return { fate: 'quarantined', reason: 'malformed-json', ...breakLine(userLine(fields), this.#flaws) };
      case 'duplicateId':
      case undefined:
        return this.#valid(id, fields, clean);
    }
  }

  /** The line that carried this id first may itself have been rejected: then a duplicate is loaded after all. */
  #valid(id: number, fields: UserFields, { name, email, city, createdAt }: CleanValues): GeneratedRow {
    const raw = userLine(fields);
    if (!this.#loaded.add(id)) return { fate: 'duplicate', raw };
    return {
      fate: 'loaded',
      raw,
      values: [fields.id, name, fields.age, email, fields.salary, city, createdAt],
    };
  }

  #soil(email: string): string {
    let soiled = email;
    if (this.#strikes('emailCapitals')) soiled = addCapitals(soiled, this.#flaws);
    if (this.#strikes('emailInvalidCharacters')) soiled = addStrayCharacters(soiled, this.#flaws);
    if (this.#strikes('emailSpaces')) soiled = addBlanks(soiled, this.#flaws);
    return soiled;
  }

  #strikes(defect: UserDefect): boolean {
    const rate = this.#rates[defect];
    return rate !== undefined && this.#flaws.next() < rate;
  }

  #drawName(): PooledWord {
    const foreign = this.#values.below(oneInForeign) === 0;
    const first = this.#values.pick(foreign ? this.#pools.foreignFirstNames : this.#pools.firstNames);
    const last = this.#values.pick(foreign ? this.#pools.foreignLastNames : this.#pools.lastNames);
    return {
      text: `${first.text} ${last.text}`,
      json: `${first.json} ${last.json}`,
      ascii: `${first.ascii}.${last.ascii}`,
    };
  }

  /** Put together from digits: printing a floating-point number takes as long as half of the rest of the row. */
  #drawSalary(): string {
    const whole = 24_000 + this.#values.below(226_000);
    const cents = this.#values.below(100);
    if (cents === 0) return `${whole}`;
    return cents % 10 === 0 ? `${whole}.${cents / 10}` : `${whole}.${twoDigits(cents)}`;
  }

  #drawCity(): PooledWord {
    const foreign = this.#values.below(oneInForeign) === 0;
    return this.#values.pick(foreign ? this.#pools.foreignCities : this.#pools.cities);
  }
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

/** Rows are dated within the five years before 2026, never by the clock. */
const firstDay = Date.UTC(2021, 0, 1);
const msOfDay = 86_400_000;
const days: readonly string[] = Array.from({ length: 1826 }, (_, day) =>
  new Date(firstDay + day * msOfDay).toISOString().slice(0, 'YYYY-MM-DDT'.length),
);
const twoDigitTexts: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

/** An instant as `YYYY-MM-DDTHH:MM:SS.sssZ`, put together from tables: toISOString is five times slower. */
function drawInstant(random: SeededRandom): string {
  const day = random.pick(days);
  const seconds = random.below(86_400);
  const ms = random.below(1000);
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) % 60;
  return `${day}${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(seconds % 60)}.${Math.floor(ms / 100)}${twoDigits(ms % 100)}Z`;
}

function twoDigits(n: number): string {
  return twoDigitTexts[n] ?? String(n);
}
