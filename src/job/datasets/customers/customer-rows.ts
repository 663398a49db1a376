import { breakCsvLine, csvLine, notANumber, nothing, rejectedRecord } from '../csv.ts';
import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { KeyBitmap } from '../key-bitmap.ts';
import { drawDefect, SeededRandom } from '../seeded-random.ts';
import type { CustomerDefect, DestroyingCustomerDefect } from './customers.ts';

/** A planted group: around which values its customers are. */
interface CustomerGroup {
  readonly label: string;
  /** Customers of it among a hundred. */
  readonly share: number;
  readonly age: number;
  readonly annualIncome: number;
  readonly spendingScore: number;
}

/** The same for every seed, so that a model of one file fits another. They lie so far apart that hardly a customer is between two. */
const customerGroups: readonly CustomerGroup[] = [
  { label: 'moderate', share: 35, age: 45, annualIncome: 56, spendingScore: 50 },
  { label: 'careful', share: 20, age: 42, annualIncome: 90, spendingScore: 18 },
  { label: 'generous', share: 20, age: 33, annualIncome: 88, spendingScore: 82 },
  { label: 'impulsive', share: 14, age: 27, annualIncome: 26, spendingScore: 79 },
  { label: 'thrifty', share: 11, age: 48, annualIncome: 25, spendingScore: 20 },
];

/** The spread of values around the middle of their group, as standard deviations. */
const spreads = { age: 2.5, annualIncome: 4, spendingScore: 4.5 };

const destroying: readonly DestroyingCustomerDefect[] = [
  'brokenCsv',
  'wrongType',
  'missingId',
  'missingValue',
  'duplicateId',
];
const wrongIds = ['C-17', '12.5', '9223372036854775808', 'NaN'];

/** The lines of the `customers` dataset. Values and defects are drawn from two streams: a rate changes no clean value. */
export class CustomerRows implements RowSource {
  readonly #values: SeededRandom;
  readonly #flaws: SeededRandom;
  readonly #rates: Readonly<Partial<Record<CustomerDefect, number>>>;
  readonly #loaded = new KeyBitmap();
  /** Every id below this one was on an earlier line. */
  #nextId = 1;

  constructor(plan: RowPlan) {
    this.#values = new SeededRandom(plan.seed, 'values');
    this.#flaws = new SeededRandom(plan.seed, 'flaws');
    this.#rates = plan.defects;
  }

  next(): GeneratedRow {
    const defect = drawDefect(destroying, this.#rates, this.#flaws);
    const id =
      defect === 'duplicateId' && this.#nextId > 1 ? 1 + this.#flaws.below(this.#nextId - 1) : this.#nextId++;
    const group = this.#drawGroup();
    const values = [
      `${id}`,
      `${Math.round(this.#near(group.age, spreads.age))}`,
      `${Math.round(this.#near(group.annualIncome, spreads.annualIncome) * 10) / 10}`,
      `${Math.round(this.#near(group.spendingScore, spreads.spendingScore))}`,
    ];
    switch (defect) {
      case 'brokenCsv':
        return {
          fate: 'quarantined',
          reason: 'malformed-csv',
          ...breakCsvLine(values, this.#flaws),
        };
      case 'wrongType':
        return rejectedRecord('wrong-type', this.#withWrongType(values));
      case 'missingId':
        return rejectedRecord('missing-key', values.with(0, nothing(this.#flaws)));
      case 'missingValue':
        return rejectedRecord('missing-value', values.with(1 + this.#flaws.below(3), nothing(this.#flaws)));
      case 'duplicateId':
      case undefined:
        return this.#valid(id, values, group.label);
    }
  }

  /** The line that carried this id first may itself have been rejected: then a duplicate is loaded after all. */
  #valid(id: number, values: readonly string[], label: string): GeneratedRow {
    const rate = this.#rates.quotedFields;
    const raw = csvLine(values, rate !== undefined && this.#flaws.next() < rate);
    if (!this.#loaded.add(id)) return { fate: 'duplicate', raw };
    return { fate: 'loaded', raw, values, label };
  }

  #withWrongType(values: readonly string[]): readonly string[] {
    const column = this.#flaws.below(values.length);
    return values.with(column, column === 0 ? this.#flaws.pick(wrongIds) : notANumber(this.#flaws));
  }

  #drawGroup(): CustomerGroup {
    let left = this.#values.below(100);
    for (const group of customerGroups) {
      left -= group.share;
      if (left < 0) return group;
    }
    throw new Error('The shares of the groups do not add up to 100.');
  }

  /** About normally distributed, never more than three deviations away, and made of sums alone: the same on every machine. */
  #near(middle: number, deviation: number): number {
    const sum = this.#values.next() + this.#values.next() + this.#values.next();
    return middle + (sum - 1.5) * 2 * deviation;
  }
}
