import type { Dataset } from '../dataset.ts';
import { fakerVersion, fillWordPools } from '../words/word-pools.ts';
import { playerColumns } from './player-columns.ts';
import { playerDefects } from './player-defects.ts';
import { PlayerRows } from './player-rows.ts';

/** Raise it with every change that gives the same seed other bytes. */
const version = 1;

/**
 * Basketball players and what they did per game of a season, as CSV. Who changed team has a row for the whole season,
 * team `TOT`, and then one for each of his teams.
 */
export const players: Dataset = {
  get generator() {
    return `players ${version}, faker ${fakerVersion()}`;
  },
  columns: playerColumns,
  defects: playerDefects,
  header: playerColumns.map(({ name }) => name).join(','),
  open: async (plan) => new PlayerRows(await fillWordPools(plan.seed), plan),
};
