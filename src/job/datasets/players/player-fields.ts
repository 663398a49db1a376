import type { ColumnSpec } from '../../targets/table-spec.ts';
import type { Stint } from './stint.ts';

const required = (type: 'integer' | 'real' | 'text', ...names: string[]): ColumnSpec[] =>
  names.map((name) => ({ name, type, nullable: false }));

/** A share of successful shots, which is unknown where none was tried. */
const shareColumn = (name: string): ColumnSpec => ({ name, type: 'real', nullable: true });

/** The columns of a table of a season, per game from `minutes` on. `rank` is the number of a player, the same in all of his rows. */
export const playerColumns: readonly ColumnSpec[] = [
  ...required('integer', 'rank'),
  ...required('text', 'player', 'position'),
  ...required('integer', 'age'),
  ...required('text', 'team'),
  ...required('integer', 'games', 'games_started'),
  ...required('real', 'minutes', 'field_goals', 'field_goal_attempts'),
  shareColumn('field_goal_percent'),
  ...required('real', 'three_points', 'three_point_attempts'),
  shareColumn('three_point_percent'),
  ...required('real', 'free_throws', 'free_throw_attempts'),
  shareColumn('free_throw_percent'),
  ...required('real', 'rebounds', 'assists', 'steals', 'blocks', 'turnovers', 'fouls', 'points'),
];

/** A value as it is written in the file, and as it is once it is loaded (the text that `valueText` gives). */
export interface PlayerField {
  readonly written: string;
  readonly loaded: string;
}

interface Person {
  readonly rank: number;
  readonly player: string;
  readonly position: string;
  readonly age: number;
}

/** The fields of a row, in the order of the columns. */
export function playerFields({ rank, player, position, age }: Person, stint: Stint): readonly PlayerField[] {
  const perGame = (total: number) => decimal(Math.round((total * 10) / stint.games), 1);
  const { twos, twoAttempts, threes, threeAttempts, freeThrows, freeThrowAttempts } = stint;
  return [
    ...[`${rank}`, player, position, `${age}`, stint.team, `${stint.games}`, `${stint.started}`].map(plain),
    perGame(stint.minutes),
    perGame(twos + threes),
    perGame(twoAttempts + threeAttempts),
    share(twos + threes, twoAttempts + threeAttempts),
    perGame(threes),
    perGame(threeAttempts),
    share(threes, threeAttempts),
    perGame(freeThrows),
    perGame(freeThrowAttempts),
    share(freeThrows, freeThrowAttempts),
    perGame(stint.rebounds),
    perGame(stint.assists),
    perGame(stint.steals),
    perGame(stint.blocks),
    perGame(stint.turnovers),
    perGame(stint.fouls),
    perGame(2 * twos + 3 * threes + freeThrows),
  ];
}

function plain(text: string): PlayerField {
  return { written: text, loaded: text };
}

/** A share of successes; an empty field where nothing was tried. */
function share(hits: number, attempts: number): PlayerField {
  return attempts === 0
    ? { written: '', loaded: '\u0000' }
    : decimal(Math.round((hits * 1000) / attempts), 3);
}

/** A number of tenths or thousandths, always written with so many places; without a 0 before the point, as statistics of sport do, if below 1. */
function decimal(units: number, places: 1 | 3): PlayerField {
  const scale = 10 ** places;
  const digits = `${units % scale}`.padStart(places, '0');
  const whole = Math.floor(units / scale);
  return {
    written: `${whole === 0 && places === 3 ? '' : whole}.${digits}`,
    loaded: String(units / scale),
  };
}
