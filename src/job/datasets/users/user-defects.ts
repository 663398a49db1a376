import type { DefectSpec } from '../dataset.ts';
import type { defectsOfDataset } from '../dataset-spec.ts';

/** The flaws that the `users` dataset can be given. */
export const userDefects = {
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
} as const satisfies Record<UserDefect, DefectSpec>;

/** The closed list stands with the manifest, which validates it. */
export type UserDefect = (typeof defectsOfDataset)['users'][number];
export type DestroyingDefect = {
  [Name in UserDefect]: (typeof userDefects)[Name]['destroysRow'] extends true ? Name : never;
}[UserDefect];
