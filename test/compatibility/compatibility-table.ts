import { formatTable } from '../../src/cli/render/table.ts';
import type { Way } from './compatibility-case.ts';
import type { CompatibilityResult } from './compatibility-result.ts';

const header = ['script', 'what it uses', 'spark-submit', 'local', 'Docker', 'verdict'];
const verdictWidth = 24;

/** The comparisons as a table, one part of a submission a line, no wider than 120 columns; exit code and seconds for each way. */
export function compatibilityTable(results: readonly CompatibilityResult[]): string {
  const names = [...new Set(results.map(({ part }) => part))];
  return formatTable(
    header,
    names.flatMap((name) => rowsOf(results.filter(({ part }) => part === name))),
  );
}

function rowsOf(results: readonly CompatibilityResult[]): readonly (readonly string[])[] {
  const [first] = results;
  if (first === undefined) return [];
  const of = (way: Way) => results.find((result) => result.way === way)?.own;
  const [verdict = '', ...more] = wrap(verdictOf(results), verdictWidth);
  const cells = [
    cell(first.reference),
    cell(of('local'), of('warm local')),
    cell(of('docker'), of('warm docker')),
  ];
  return [[first.part, first.uses, ...cells, verdict], ...more.map((line) => ['', '', '', '', '', line])];
}

/** Exit code and seconds; after a comma the seconds with a driver that has waited. */
function cell(
  own: CompatibilityResult['own'] | undefined,
  warm?: CompatibilityResult['own'] | undefined,
): string {
  if (own === undefined) return 'not run';
  const seconds = [own, ...(warm ? [warm] : [])].map((each) => each.seconds.toFixed(1));
  return `${own.exitCode ?? '?'}  ${seconds.join(', ')} s`;
}

function verdictOf(results: readonly CompatibilityResult[]): string {
  const wrong = results.filter(({ isAsExpected }) => !isAsExpected).map(({ way }) => way);
  if (wrong.length > 0) return `DIFFERENT on ${wrong.join(' and ')}`;
  const reasons = [...new Set(results.flatMap(({ why }) => why ?? []))];
  if (reasons.length > 0) return `explained: ${reasons.join('; ')}`;
  const { lines = 0, files = 0 } = results[0] ?? {};
  return `equal: ${count(lines, 'line')}${files > 0 ? `, ${count(files, 'file')}` : ''}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
