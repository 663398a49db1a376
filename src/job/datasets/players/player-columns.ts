import type { ColumnSpec } from '../../targets/table-spec.ts';

const required = (type: 'integer' | 'real' | 'text', ...names: string[]): ColumnSpec[] =>
  names.map((name) => ({ name, type, nullable: false }));

/** A share of successful shots, which is unknown where none was tried. */
const share = (name: string): ColumnSpec => ({ name, type: 'real', nullable: true });

/** What a table of a season has, per game from `minutes` on. `rank` is the number of a player, the same in all of his rows. */
export const playerColumns: readonly ColumnSpec[] = [
  ...required('integer', 'rank'),
  ...required('text', 'player', 'position'),
  ...required('integer', 'age'),
  ...required('text', 'team'),
  ...required('integer', 'games', 'games_started'),
  ...required('real', 'minutes', 'field_goals', 'field_goal_attempts'),
  share('field_goal_percent'),
  ...required('real', 'three_points', 'three_point_attempts'),
  share('three_point_percent'),
  ...required('real', 'free_throws', 'free_throw_attempts'),
  share('free_throw_percent'),
  ...required('real', 'rebounds', 'assists', 'steals', 'blocks', 'turnovers', 'fouls', 'points'),
];
