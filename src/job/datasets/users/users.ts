import { type Dataset, type DefectSpec, type Destroying, fakerVersion } from '../dataset.ts';

/** The flaws that the `users` dataset can be given. */
const defects = {
  emailInvalidCharacters: {
    summary: 'the e-mail holds characters that belong in no address; cleaning removes them',
    destroysRow: false,
  },
  emailSpaces: { summary: 'white space before, after or inside the e-mail', destroysRow: false },
  emailCapitals: { summary: 'capital letters in the e-mail', destroysRow: false },
  emailMissing: { summary: 'the e-mail is absent, null or blank', destroysRow: true },
  emailBroken: { summary: 'the e-mail is none even after cleaning', destroysRow: true },
  brokenJson: { summary: 'the line is not one JSON object in valid UTF-8', destroysRow: true },
  wrongType: { summary: "one value is not of its column's type", destroysRow: true },
  duplicateId: { summary: 'the row carries the id of an earlier line', destroysRow: true },
} as const satisfies Record<string, DefectSpec>;

export type UserDefect = keyof typeof defects;
export type DestroyingUserDefect = Destroying<typeof defects>;

/** Raise it with every change that gives the same seed other bytes. */
const version = 2;

/** People with a name, an e-mail address and a salary, in many scripts. */
export const users: Dataset<'users'> = {
  name: 'users',
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
  defects,
  open: async (plan) => {
    const [{ UserRows }, { fillWordPools }] = await Promise.all([
      import('./user-rows.ts'),
      import('../words.ts'),
    ]);
    return new UserRows(await fillWordPools(plan.seed), plan);
  },
};
