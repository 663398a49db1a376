import type { Dataset, DefectSpec, Destroying } from '../dataset.ts';

/** The flaws that the `customers` dataset can be given. */
const defects = {
  quotedFields: { summary: 'every value stands in quotation marks', destroysRow: false },
  brokenCsv: { summary: 'the line is not one record of four fields in valid UTF-8', destroysRow: true },
  wrongType: { summary: 'one value is no number, or none that is finite', destroysRow: true },
  missingId: { summary: 'the id is blank', destroysRow: true },
  missingValue: { summary: 'the age, the income or the score is blank', destroysRow: true },
  duplicateId: { summary: 'the row carries the id of an earlier line', destroysRow: true },
} as const satisfies Record<string, DefectSpec>;

export type CustomerDefect = keyof typeof defects;
export type DestroyingCustomerDefect = Destroying<typeof defects>;

/** Raise it with every change that gives the same seed other bytes. */
const version = 2;

const columns = [
  { name: 'customer_id', type: 'integer', nullable: false },
  { name: 'age', type: 'real', nullable: false },
  { name: 'annual_income', type: 'real', nullable: false },
  { name: 'spending_score', type: 'real', nullable: false },
] as const;

/** Customers of a shopping mall as CSV: age, annual income in thousands, spending score from 1 to 100; in five planted groups. */
export const customers: Dataset<'customers'> = {
  name: 'customers',
  generator: `customers ${version}`,
  columns,
  defects,
  header: columns.map(({ name }) => name).join(','),
  open: async (plan) => new (await import('./customer-rows.ts')).CustomerRows(plan),
};
