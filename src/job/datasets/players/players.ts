import { type Dataset, type DefectSpec, type Destroying, fakerVersion } from '../dataset.ts';
import { playerColumns } from './player-fields.ts';

/** The flaws that the `players` dataset can be given. */
const defects = {
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
} as const satisfies Record<string, DefectSpec>;

export type PlayerDefect = keyof typeof defects;
export type DestroyingPlayerDefect = Destroying<typeof defects>;

/** Raise it with every change that gives the same seed other bytes. */
const version = 2;

/**
 * Basketball players and what they did per game of a season, as CSV. Who changed team has a row for the whole season,
 * team `TOT`, and then one for each of his teams.
 */
export const players: Dataset<'players'> = {
  name: 'players',
  get generator() {
    return `players ${version}, faker ${fakerVersion()}`;
  },
  columns: playerColumns,
  defects,
  header: playerColumns.map(({ name }) => name).join(','),
  open: async (plan) => {
    const [{ PlayerRows }, { fillWordPools }] = await Promise.all([
      import('./player-rows.ts'),
      import('../words.ts'),
    ]);
    return new PlayerRows(await fillWordPools(plan.seed), plan);
  },
};
