/** The places where sparkctl runs what spark-submit runs. */
export type Place = 'local' | 'docker';

/** The ways in which it runs it: with a driver that is started for the run or, warm, with one that has waited for it. */
export type Way = Place | `warm ${Place}`;

export function placeOf(way: Way): Place {
  return way === 'local' || way === 'warm local' ? 'local' : 'docker';
}

/** Everything that a submission, or a part of it, left, which must be as under spark-submit. */
export interface Outcome {
  /** 0 for a part that another follows. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Every file that it made, by its path in the project, with what is in it. */
  readonly files: Readonly<Record<string, string>>;
}

/** A difference that cannot be helped: the reason, and exactly what is there instead. */
interface Difference {
  /** For the table; README.md says the same. */
  readonly why: string;
  readonly instead: (reference: Outcome) => Outcome;
}

/** A part of what a submission does, which is compared by itself. */
export interface Part {
  /** The text in the table's first column. */
  readonly name: string;
  readonly uses: string;
  /** The folders of its files beside `out/NAME`, where NAME is the part's without its suffix. */
  readonly folders?: readonly string[];
  readonly differs?: Partial<Readonly<Record<Place, Difference>>>;
}

/** One submission that is made in all ways. */
export interface CompatibilityCase {
  /** All that stands after `spark-submit` or `sparkctl submit`: options, script, the script's own words. */
  readonly words: readonly string[];
  /** The text on standard input. */
  readonly input?: string;
  /** The exit code under spark-submit; 0 where it is not said. */
  readonly exitCode?: number;
  /** One, or several in the order in which the script comes to them: each begins with a line `=== NAME` on stdout. */
  readonly parts: readonly Part[];
}
