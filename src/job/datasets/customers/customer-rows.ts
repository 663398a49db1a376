import { BlockRandom } from '../block-random.ts';
import { breakCsvLine, csvLine, notANumber, nothing, rejectedRecord } from '../csv.ts';
import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { KeyedFates } from '../keyed-fates.ts';
import type { SeededRandom } from '../seeded-random.ts';
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
  readonly #values: BlockRandom;
  readonly #flaws: BlockRandom;
  readonly #rates: Readonly<Partial<Record<CustomerDefect, number>>>;
  readonly #fates: KeyedFates<DestroyingCustomerDefect>;
  #row = 0;

  constructor({ seed, defects: rates }: RowPlan) {
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
    const random = this.#values.at(this.#row);
    const flaws = this.#flaws.at(this.#row);
    this.#row += 1;
    this.#fates.next();
    const { defect, id, isLoaded } = this.#fates;
    const group = drawGroup(random);
    const values = [
      `${id}`,
      `${Math.round(near(group.age, spreads.age, random))}`,
      `${Math.round(near(group.annualIncome, spreads.annualIncome, random) * 10) / 10}`,
      `${Math.round(near(group.spendingScore, spreads.spendingScore, random))}`,
    ];
    switch (defect) {
      case 'brokenCsv':
        return { fate: 'quarantined', reason: 'malformed-csv', ...breakCsvLine(values, flaws) };
      case 'wrongType':
        return rejectedRecord('wrong-type', withWrongType(values, flaws));
      case 'missingId':
        return rejectedRecord('missing-key', values.with(0, nothing(flaws)));
      case 'missingValue':
        return rejectedRecord('missing-value', values.with(1 + flaws.below(3), nothing(flaws)));
      case 'duplicateId':
      case undefined: {
        const rate = this.#rates.quotedFields;
        const raw = csvLine(values, rate !== undefined && flaws.next() < rate);
        if (isLoaded) return { fate: 'duplicate', raw };
        return { fate: 'loaded', raw, values, label: group.label };
      }
    }
  }
}

function withWrongType(values: readonly string[], flaws: SeededRandom): readonly string[] {
  const column = flaws.below(values.length);
  return values.with(column, column === 0 ? flaws.pick(wrongIds) : notANumber(flaws));
}

function drawGroup(random: SeededRandom): CustomerGroup {
  let left = random.below(100);
  for (const group of customerGroups) {
    left -= group.share;
    if (left < 0) return group;
  }
  throw new Error('The shares of the groups do not add up to 100.');
}

/** About normally distributed, never more than three deviations away, and made of sums alone: the same on every machine. */
function near(middle: number, deviation: number, random: SeededRandom): number {
  const sum = random.next() + random.next() + random.next();
  return middle + (sum - 1.5) * 2 * deviation;
}
