import { BlockRandom } from '../block-random.ts';
import { breakCsvLine, csvLine, notANumber, nothing, rejectedRecord } from '../csv.ts';
import type { GeneratedRow, RowPlan, RowSource } from '../dataset.ts';
import { DefectDraw } from '../defect-draw.ts';
import { SeededRandom } from '../seeded-random.ts';
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

/** The lines of the `players` dataset. Values and defects are drawn from two streams: a rate changes no clean value. */
export class PlayerRows implements RowSource {
  readonly #pools: WordPools;
  readonly #seed: number;
  readonly #fates: SeededRandom;
  readonly #flaws: BlockRandom;
  readonly #rates: Readonly<Partial<Record<PlayerDefect, number>>>;
  readonly #draw: DefectDraw<DestroyingPlayerDefect>;
  #line = 0;
  /** The current player's number: the same in all of his rows, and never in those of another. */
  #rank = 0;
  /** The number of teams that the current player was in. */
  #teams = 0;
  /** The place of the current row among those of its player. */
  #place = 0;
  /** True when a correct load has taken the current row, or an earlier line that it repeats. */
  #isLoaded = false;
  #drawn: { readonly rank: number; readonly rows: readonly (readonly PlayerField[])[] } | undefined;

  constructor(pools: WordPools, { seed, defects: rates }: RowPlan) {
    this.#pools = pools;
    this.#seed = seed;
    this.#fates = new SeededRandom(seed, 'fates');
    this.#flaws = new BlockRandom(seed, 'flaws');
    this.#rates = rates;
    this.#draw = new DefectDraw(destroying, rates);
  }

  skip(rows: number): void {
    for (let left = rows; left > 0; left--) this.#advance();
  }

  next(): GeneratedRow {
    const flaws = this.#flaws.at(this.#line);
    const { defect, wasLoaded } = this.#advance();
    const fields = this.#currentRow();
    const values = fields.map(({ written }) => written);
    switch (defect) {
      case 'brokenCsv':
        return { fate: 'quarantined', reason: 'malformed-csv', ...breakCsvLine(values, flaws) };
      case 'wrongType':
        return rejectedRecord('wrong-type', values.with(flaws.pick(numbers), notANumber(flaws)));
      case 'missingValue':
        return rejectedRecord('missing-value', values.with(flaws.pick(required), nothing(flaws)));
      case 'impossibleValue': {
        const [column, value] = flaws.pick(impossible);
        return rejectedRecord('invalid-value', values.with(indexOf(column), value));
      }
      case 'duplicateRow':
      case undefined: {
        const rate = this.#rates.quotedFields;
        const raw = csvLine(values, rate !== undefined && flaws.next() < rate);
        if (wasLoaded) return { fate: 'duplicate', raw };
        return { fate: 'loaded', raw, values: fields.map(({ loaded }) => loaded) };
      }
    }
  }

  /** Goes on to the next line, and draws all of it that depends on those before. `wasLoaded`: a line that it repeats was loaded. */
  #advance() {
    const defect = this.#draw.from(this.#fates);
    const repeats = defect === 'duplicateRow' && this.#line > 0;
    this.#line += 1;
    if (!repeats) this.#nextRow();
    // The line before may itself have been rejected: then what repeats it is loaded after all.
    const wasLoaded = repeats && this.#isLoaded;
    this.#isLoaded = defect === undefined || defect === 'duplicateRow';
    return { defect, wasLoaded };
  }

  #nextRow(): void {
    this.#place += 1;
    // Who was in several teams has a row for the season, too.
    if (this.#place < (this.#teams === 1 ? 1 : this.#teams + 1)) return;
    this.#rank += 1;
    this.#place = 0;
    this.#teams = this.#fates.below(oneInTraded) > 0 ? 1 : this.#fates.below(4) > 0 ? 2 : 3;
  }

  #currentRow(): readonly PlayerField[] {
    if (this.#drawn?.rank !== this.#rank) this.#drawn = { rank: this.#rank, rows: this.#drawPlayer() };
    const row = this.#drawn.rows[this.#place];
    if (row === undefined) throw new Error('A player has no row.');
    return row;
  }

  /** Draws the rows of the current player from a stream of his own: his first rows may be on lines that were left out. */
  #drawPlayer(): readonly (readonly PlayerField[])[] {
    const random = new SeededRandom(this.#seed, 'players', this.#rank);
    const person = {
      rank: this.#rank,
      player: this.#drawName(random),
      position: random.pick(positions),
      age: 19 + Math.min(random.below(24), random.below(24)),
    };
    // The smaller of two draws: few are very good.
    const talent = {
      quality: Math.min(random.below(100), random.below(130)),
      fromFar: random.below(7) === 0 ? 0 : 10 + random.below(50),
    };
    const firstTeam = random.below(teams.length);
    const drawOne = (place: number): Stint =>
      drawStint(
        teams[(firstTeam + place * 5) % teams.length] ?? '',
        1 + random.below(Math.floor(gamesOfSeason / this.#teams)),
        talent,
        random,
      );
    const stints: [Stint, ...Stint[]] = [drawOne(0)];
    for (let place = 1; place < this.#teams; place++) stints.push(drawOne(place));
    const rows = stints.length === 1 ? stints : [totalOf(stints), ...stints];
    return rows.map((stint) => playerFields(person, stint));
  }

  #drawName(random: SeededRandom): string {
    const foreign = random.below(oneInForeign) === 0;
    const { firstNames, lastNames, foreignFirstNames, foreignLastNames } = this.#pools;
    const first = random.pick(foreign ? foreignFirstNames : firstNames);
    const last = random.pick(foreign ? foreignLastNames : lastNames);
    return `${first.text} ${last.text}`;
  }
}
