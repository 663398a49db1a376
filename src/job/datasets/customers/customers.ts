import type { Dataset } from '../dataset.ts';
import { customerDefects } from './customer-defects.ts';
import { CustomerRows } from './customer-rows.ts';

/** Raise it with every change that gives the same seed other bytes. */
const version = 1;

const columns = [
  { name: 'customer_id', type: 'integer', nullable: false },
  { name: 'age', type: 'real', nullable: false },
  { name: 'annual_income', type: 'real', nullable: false },
  { name: 'spending_score', type: 'real', nullable: false },
] as const;

/** Customers of a shopping mall as CSV: age, annual income in thousands, spending score from 1 to 100; in five planted groups. */
export const customers: Dataset = {
  generator: `customers ${version}`,
  columns,
  defects: customerDefects,
  header: columns.map(({ name }) => name).join(','),
  open: async (plan) => new CustomerRows(plan),
};
