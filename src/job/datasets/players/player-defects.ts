import type { DefectSpec } from '../dataset.ts';
import type { defectsOfDataset } from '../dataset-spec.ts';

/** The flaws that the `players` dataset can be given. */
export const playerDefects = {
  quotedFields: { summary: 'every value stands in quotation marks', destroysRow: false },
  brokenCsv: {
    summary: 'the line is not one record of as many fields as the header, in valid UTF-8',
    destroysRow: true,
  },
  wrongType: { summary: 'text where a number belongs', destroysRow: true },
  missingValue: { summary: 'a value is blank that every player has', destroysRow: true },
  impossibleValue: {
    summary: 'more starts than games, an age of 0 or 200, or more than all shots hit',
    destroysRow: true,
  },
  duplicateRow: { summary: 'the row repeats the player and team of the line before', destroysRow: true },
} as const satisfies Record<PlayerDefect, DefectSpec>;

/** The closed list stands with the manifest, which validates it. */
export type PlayerDefect = (typeof defectsOfDataset)['players'][number];
export type DestroyingPlayerDefect = {
  [Name in PlayerDefect]: (typeof playerDefects)[Name]['destroysRow'] extends true ? Name : never;
}[PlayerDefect];
