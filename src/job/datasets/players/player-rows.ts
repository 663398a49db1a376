import { breakCsvLine, csvLine, notANumber, nothing, rejectedRecord } from '../csv.ts';
import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { drawDefect, SeededRandom } from '../seeded-random.ts';
import type { WordPools } from '../words.ts';
import { type PlayerField, playerColumns, playerFields } from './player-fields.ts';
import type { DestroyingPlayerDefect, PlayerDefect } from './players.ts';
import { drawStint, type Stint, totalOf } from './stint.ts';

const positions = ['PG', 'SG', 'SF', 'PF', 'C'];
// biome-ignore format: a table of short words reads best on few lines
const teams = [
  'ATL', 'BOS', 'BKN', 'CHA', 'CHI', 'CLE', 'DAL', 'DEN', 'DET', 'HOU', 'IND', 'MEM', 'MIA', 'MIL', 'MIN', 'NOP', 'NYK',
  'OKC', 'ORL', 'PHI', 'PHX', 'POR', 'SAC', 'SAS', 'TOR', 'UTA', 'WAS',
];
const gamesOfSeason = 82;
const oneInForeign = 8;
/** One player in eight changes team, and one in four of those twice. */
const oneInTraded = 8;

const destroying: readonly DestroyingPlayerDefect[] = [
  'brokenCsv',
  'wrongType',
  'missingValue',
  'impossibleValue',
  'duplicateRow',
];
const indexOf = (column: string) => playerColumns.findIndex(({ name }) => name === column);
const numbers = [...playerColumns.entries()].flatMap(([index, { type }]) => (type === 'text' ? [] : [index]));
/** Without the two of the key, whose absence has a reason of its own. */
const required = [...playerColumns.entries()].flatMap(([index, { name, nullable }]) =>
  nullable || name === 'rank' || name === 'team' ? [] : [index],
);
const impossible: readonly (readonly [column: string, value: string])[] = [
  ['games_started', `${gamesOfSeason + 1}`],
  ['games_started', '-1'],
  ['games', '0'],
  ['age', '0'],
  ['age', '200'],
  ['points', '-3.5'],
  ['free_throw_percent', '1.001'],
];

interface PlannedRow {
  /** Rows of one player share it, those of two never do. */
  readonly rank: number;
  readonly fields: readonly PlayerField[];
}

/** The lines of the `players` dataset. Values and defects are drawn from two streams: a rate changes no clean value. */
export class PlayerRows implements RowSource {
  readonly #pools: WordPools;
  readonly #values: SeededRandom;
  readonly #flaws: SeededRandom;
  readonly #rates: Readonly<Partial<Record<PlayerDefect, number>>>;
  /** The remaining rows of the current player. */
  #planned: PlannedRow[] = [];
  #rank = 0;
  /** The row before, and whether it, or one that it repeats, was loaded. */
  #before: { readonly row: PlannedRow; readonly loaded: boolean } | undefined;

  constructor(pools: WordPools, plan: RowPlan) {
    this.#pools = pools;
    this.#values = new SeededRandom(plan.seed, 'values');
    this.#flaws = new SeededRandom(plan.seed, 'flaws');
    this.#rates = plan.defects;
  }

  next(): GeneratedRow {
    const defect = drawDefect(destroying, this.#rates, this.#flaws);
    const repeats = defect === 'duplicateRow' ? this.#before : undefined;
    const row = repeats?.row ?? this.#nextRow();
    const values = row.fields.map(({ written }) => written);
    const generated = this.#spoiled(defect, values) ?? this.#valid(row, values, repeats?.loaded ?? false);
    this.#before = { row, loaded: generated.fate !== 'quarantined' };
    return generated;
  }

  #spoiled(defect: DestroyingPlayerDefect | undefined, values: readonly string[]): GeneratedRow | undefined {
    switch (defect) {
      case 'brokenCsv':
        return { fate: 'quarantined', reason: 'malformed-csv', ...breakCsvLine(values, this.#flaws) };
      case 'wrongType':
        return rejectedRecord('wrong-type', values.with(this.#flaws.pick(numbers), notANumber(this.#flaws)));
      case 'missingValue':
        return rejectedRecord('missing-value', values.with(this.#flaws.pick(required), nothing(this.#flaws)));
      case 'impossibleValue': {
        const [column, value] = this.#flaws.pick(impossible);
        return rejectedRecord('invalid-value', values.with(indexOf(column), value));
      }
      case 'duplicateRow':
      case undefined:
        return undefined;
    }
  }

  /** The line before may itself have been rejected: then what repeats it is loaded after all. */
  #valid(row: PlannedRow, values: readonly string[], loadedBefore: boolean): GeneratedRow {
    const rate = this.#rates.quotedFields;
    const raw = csvLine(values, rate !== undefined && this.#flaws.next() < rate);
    if (loadedBefore) return { fate: 'duplicate', raw };
    return { fate: 'loaded', raw, values: row.fields.map(({ loaded }) => loaded) };
  }

  #nextRow(): PlannedRow {
    if (this.#planned.length === 0) this.#planned = this.#drawPlayer();
    const row = this.#planned.shift();
    if (row === undefined) throw new Error('A player has no row.');
    return row;
  }

  #drawPlayer(): PlannedRow[] {
    this.#rank += 1;
    const person = {
      rank: this.#rank,
      player: this.#drawName(),
      position: this.#values.pick(positions),
      age: 19 + Math.min(this.#values.below(24), this.#values.below(24)),
    };
    // The smaller of two draws: few are very good.
    const talent = {
      quality: Math.min(this.#values.below(100), this.#values.below(130)),
      fromFar: this.#values.below(7) === 0 ? 0 : 10 + this.#values.below(50),
    };
    const [first, ...others] = this.#drawTeams();
    const games = 1 + this.#values.below(Math.floor(gamesOfSeason / (1 + others.length)));
    const stints: [Stint, ...Stint[]] = [drawStint(first, games, talent, this.#values)];
    for (const team of others) {
      stints.push(
        drawStint(
          team,
          1 + this.#values.below(Math.floor(gamesOfSeason / (1 + others.length))),
          talent,
          this.#values,
        ),
      );
    }
    const rows = stints.length === 1 ? stints : [totalOf(stints), ...stints];
    return rows.map((stint) => ({ rank: this.#rank, fields: playerFields(person, stint) }));
  }

  #drawTeams(): readonly [string, ...string[]] {
    const count = this.#values.below(oneInTraded) > 0 ? 1 : this.#values.below(4) > 0 ? 2 : 3;
    const start = this.#values.below(teams.length);
    const team = (place: number) => teams[(start + place * 5) % teams.length] ?? '';
    return [team(0), ...Array.from({ length: count - 1 }, (_, place) => team(place + 1))];
  }

  #drawName(): string {
    const foreign = this.#values.below(oneInForeign) === 0;
    const { firstNames, lastNames, foreignFirstNames, foreignLastNames } = this.#pools;
    const first = this.#values.pick(foreign ? foreignFirstNames : firstNames);
    const last = this.#values.pick(foreign ? foreignLastNames : lastNames);
    return `${first.text} ${last.text}`;
  }
}
