import type { DefectSpec } from '../dataset.ts';
import type { defectsOfDataset } from '../dataset-spec.ts';

/** The flaws that the `customers` dataset can be given. */
export const customerDefects = {
  quotedFields: { summary: 'every value stands in quotation marks', destroysRow: false },
  brokenCsv: { summary: 'the line is not one record of four fields in valid UTF-8', destroysRow: true },
  wrongType: { summary: 'one value is no number, or none that is finite', destroysRow: true },
  missingId: { summary: 'the id is blank', destroysRow: true },
  missingValue: { summary: 'the age, the income or the score is blank', destroysRow: true },
  duplicateId: { summary: 'the row carries the id of an earlier line', destroysRow: true },
} as const satisfies Record<CustomerDefect, DefectSpec>;

/** The closed list stands with the manifest, which validates it. */
export type CustomerDefect = (typeof defectsOfDataset)['customers'][number];
export type DestroyingCustomerDefect = {
  [Name in CustomerDefect]: (typeof customerDefects)[Name]['destroysRow'] extends true ? Name : never;
}[CustomerDefect];
