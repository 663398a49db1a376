/** A planted group: around which values its customers are. */
export interface CustomerGroup {
  readonly label: string;
  /** How many of a hundred customers are of it. */
  readonly share: number;
  readonly age: number;
  readonly annualIncome: number;
  readonly spendingScore: number;
}

/** The same for every seed, so that a model of one file fits another. They lie so far apart that hardly a customer is between two. */
export const customerGroups: readonly CustomerGroup[] = [
  { label: 'moderate', share: 35, age: 45, annualIncome: 56, spendingScore: 50 },
  { label: 'careful', share: 20, age: 42, annualIncome: 90, spendingScore: 18 },
  { label: 'generous', share: 20, age: 33, annualIncome: 88, spendingScore: 82 },
  { label: 'impulsive', share: 14, age: 27, annualIncome: 26, spendingScore: 79 },
  { label: 'thrifty', share: 11, age: 48, annualIncome: 25, spendingScore: 20 },
];

/** How far values lie from the middle of their group, as standard deviations. */
export const spreads = { age: 2.5, annualIncome: 4, spendingScore: 4.5 };
