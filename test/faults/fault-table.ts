import { type FaultNumber, faultTitles } from './fault-titles.ts';
import type { FaultCase, Observation } from './observation.ts';

export interface TriedFault extends FaultCase, Observation {
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

const widths = { number: 2, injected: 62, where: 8, exit: 4, rows: 21 } as const;

/** The lines of the table: a heading for each fault, and a line for each way in which it was tried. */
export function faultTable(tried: readonly TriedFault[]): readonly string[] {
  const numbers = Object.keys(faultTitles).map(Number) as FaultNumber[];
  return [
    line(' #', 'fault, and what was done', 'backend', 'exit', 'rows before -> after', 'verdict'),
    ...numbers.flatMap((number) => {
      const cases = tried.filter((each) => each.number === number);
      const heading = `${String(number).padStart(widths.number)}  ${faultTitles[number]}`;
      if (cases.length === 0)
        return [heading, line('', '  (nothing was tried)', '', '', '', 'DOES NOT HOLD')];
      return [heading, ...cases.map(caseLine)];
    }),
  ];
}

/** Tells if there is a case of each of the faults, and none failed. */
export function allHold(tried: readonly TriedFault[]): boolean {
  const failed = tried.some(({ outcome }) => outcome === 'failed');
  return (
    !failed && Object.keys(faultTitles).every((key) => tried.some(({ number }) => number === Number(key)))
  );
}

/** The last line below the table. */
export function verdictOf(tried: readonly TriedFault[]): string {
  if (!allHold(tried)) return 'NOT ALL OF THE THIRTY-ONE HOLD.';
  const skipped = tried.filter(({ outcome }) => outcome === 'skipped').length;
  return skipped === 0
    ? 'All thirty-one hold.'
    : `All thirty-one hold, but for ${skipped} cases that were not tried.`;
}

function caseLine({ injected, where, exitCode, rows, outcome }: TriedFault): string {
  const verdict = { passed: 'holds', failed: 'DOES NOT HOLD', skipped: 'not tried' }[outcome];
  const counts = rows === undefined ? '' : `${grouped(rows.before)} -> ${grouped(rows.after)}`;
  return line('', `  ${injected}`, where, exitCode === undefined ? '' : String(exitCode), counts, verdict);
}

function line(
  number: string,
  injected: string,
  where: string,
  exit: string,
  rows: string,
  verdict: string,
): string {
  return [
    number.padEnd(widths.number),
    injected.padEnd(widths.injected),
    where.padEnd(widths.where),
    exit.padStart(widths.exit),
    rows.padStart(widths.rows),
    verdict,
  ]
    .join('  ')
    .trimEnd();
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
