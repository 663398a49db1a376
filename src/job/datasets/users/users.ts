import type { Dataset } from '../dataset.ts';
import { fakerVersion, fillWordPools } from '../words/word-pools.ts';
import { userDefects } from './user-defects.ts';
import { UserRows } from './user-rows.ts';

/** Raise it with every change that gives the same seed other bytes. */
const version = 1;

/** People with a name, an e-mail address and a salary, in many scripts. */
export const users: Dataset = {
  get generator() {
    return `users ${version}, faker ${fakerVersion()}`;
  },
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'name', type: 'text', nullable: false },
    { name: 'age', type: 'integer', nullable: false },
    { name: 'email', type: 'text', nullable: false },
    { name: 'salary', type: 'real', nullable: false },
    { name: 'city', type: 'text', nullable: false },
    { name: 'created_at', type: 'timestamp', nullable: false },
  ],
  defects: userDefects,
  open: async (plan) => new UserRows(await fillWordPools(plan.seed), plan),
};
