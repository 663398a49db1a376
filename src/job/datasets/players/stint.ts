import type { SeededRandom } from '../seeded-random.ts';

/** The numbers of a player for one team: whole numbers, so that the stints of a season can be added up. */
export interface Stint {
  readonly team: string;
  readonly games: number;
  readonly started: number;
  readonly minutes: number;
  readonly twos: number;
  readonly twoAttempts: number;
  readonly threes: number;
  readonly threeAttempts: number;
  readonly freeThrows: number;
  readonly freeThrowAttempts: number;
  readonly rebounds: number;
  readonly assists: number;
  readonly steals: number;
  readonly blocks: number;
  readonly turnovers: number;
  readonly fouls: number;
}

/** The quality of a player, from 0 to 99, and his role. */
interface Talent {
  readonly quality: number;
  /** Of a hundred shots of his, so many are from far. */
  readonly fromFar: number;
}

/** Draws the numbers of a player of such a talent in so many games. */
export function drawStint(team: string, games: number, talent: Talent, random: SeededRandom): Stint {
  const { quality, fromFar } = talent;
  /** About so many tenths per game, a quarter more or less. */
  const total = (tenths: number) => Math.floor((games * tenths * (75 + random.below(51))) / 1000);
  const hits = (attempts: number, percent: number) =>
    Math.min(attempts, Math.round((attempts * (percent - 8 + random.below(17))) / 100));
  const shots = total(20 + quality * 2);
  const threeAttempts = Math.floor((shots * fromFar) / 100);
  const freeThrowAttempts = total(2 + Math.floor(quality / 2));
  const twoAttempts = shots - threeAttempts;
  return {
    team,
    games,
    started: Math.floor((games * Math.max(0, Math.min(100, quality * 2 - 60 + random.below(21)))) / 100),
    minutes: total(60 + quality * 3),
    twos: hits(twoAttempts, 52),
    twoAttempts,
    threes: hits(threeAttempts, 35),
    threeAttempts,
    freeThrows: hits(freeThrowAttempts, 78),
    freeThrowAttempts,
    rebounds: total(15 + random.below(60)),
    assists: total(5 + random.below(20 + quality)),
    steals: total(2 + random.below(14)),
    blocks: total(1 + random.below(15)),
    turnovers: total(3 + Math.floor(quality / 4)),
    fouls: total(8 + random.below(20)),
  };
}

/** The whole season of a player who changed team. */
export function totalOf(stints: readonly [Stint, ...Stint[]]): Stint {
  const sum = (of: (stint: Stint) => number) => stints.reduce((total, stint) => total + of(stint), 0);
  return {
    team: 'TOT',
    games: sum(({ games }) => games),
    started: sum(({ started }) => started),
    minutes: sum(({ minutes }) => minutes),
    twos: sum(({ twos }) => twos),
    twoAttempts: sum(({ twoAttempts }) => twoAttempts),
    threes: sum(({ threes }) => threes),
    threeAttempts: sum(({ threeAttempts }) => threeAttempts),
    freeThrows: sum(({ freeThrows }) => freeThrows),
    freeThrowAttempts: sum(({ freeThrowAttempts }) => freeThrowAttempts),
    rebounds: sum(({ rebounds }) => rebounds),
    assists: sum(({ assists }) => assists),
    steals: sum(({ steals }) => steals),
    blocks: sum(({ blocks }) => blocks),
    turnovers: sum(({ turnovers }) => turnovers),
    fouls: sum(({ fouls }) => fouls),
  };
}
