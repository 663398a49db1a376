import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { terminalPicture } from '../../scripts/pages/terminal-picture.js';
import { lineOf } from '../../src/cli/render/event-line.ts';
import { paint } from '../../src/cli/render/paint.ts';
import { formatRunSummary } from '../../src/cli/render/run-summary.ts';
import type { PhaseResult } from '../../src/system/event.ts';
import { aRun } from '../run/a-run.ts';
import { repository } from '../support/sparkctl.ts';

const picture = readFileSync(join(repository, 'docs/terminal.svg'), 'utf8');
const plain = paint({ write: () => {} }, {});

/** The lines of each screen of a picture, without colours. */
function screensOf(svg: string): readonly (readonly string[])[] {
  return [...svg.matchAll(/<g class="f\d+">\n(.*?)<\/g>/gs)].map(([, lines = '']) =>
    [...lines.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, words = '']) =>
      words
        .replace(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&'),
    ),
  );
}

/** A line with what another run would have otherwise: numbers, times, names and versions. */
const shape = (line: string) => line.replace(/[\da-f]*\d[\da-f,.]*/g, '#').replace('# min # s', '# s');

/** Every phase of the run that is shown, as the program would tell it now. */
const results: readonly PhaseResult[] = [
  { phase: 'dataset', dataset: 'users', rows: 100_000, seed: 42, reused: false },
  { phase: 'database', made: 'table', table: 'users', columns: 7 },
  { phase: 'runtime', spark: '4.3.0', java: '17.0.1', python: '3.11.7' },
  {
    phase: 'submit',
    application: 'app-20260131120006-0000',
    exitCode: 0,
    driver: { start: 'cold', reason: { why: 'cluster-of-run' } },
  },
  { phase: 'checks', passed: 5, of: 5, warned: 0, skipped: 0 },
  { phase: 'cluster-down', removed: true },
];

describe('docs/terminal.svg', () => {
  const screens = screensOf(picture);
  const end = (screens.at(-1) ?? []).map(shape);

  it('begins with the command that the README names, and grows to its end', () => {
    expect(screens.length).toBeGreaterThan(5);
    for (const screen of screens) expect(screen[0]).toBe('$ sparkctl submit jobs/etl.py');
    expect(screens.flat().some((line) => /^ {2}stage \d+ +[━─]/.test(line))).toBe(true);
    expect(readFileSync(join(repository, 'README.md'), 'utf8')).toContain('](docs/terminal.svg)');
  });

  it.each(results)('tells the phase $phase as the program does', (result) => {
    const told =
      lineOf(
        { kind: 'phase-finished', phase: result.phase, durationMs: 500, outcome: 'done', result },
        plain,
      ) ?? '';
    expect(end.join(' ').replace(/\s+/g, ' ')).toContain(shape(told).trim().replace(/\s+/g, ' '));
  });

  it('ends with the result as the program does', () => {
    const record = aRun({ database: { path: '/p/data/users.db', table: 'users' } });
    const told = formatRunSummary(record, '/p', plain);
    const labels = (lines: readonly string[]) =>
      lines.flatMap((line) => line.match(/^[A-Z]\w+(?= {2,})/) ?? []);
    expect(labels(end)).toEqual(labels(told.split('\n')));
    expect(end.at(-1)).toBe(shape(told.trimEnd().split('\n').at(-1) ?? ''));
    expect(end).toContain(shape('Database    data/users.db, table users'));
  });

  it('has nothing that acts or loads: no script, no link, no path of a machine', () => {
    expect(picture).not.toMatch(/<script|href|url\(|@import|\bon\w+=|\/(?:tmp|home|root|Users)\//);
    expect(picture.length).toBeLessThan(150_000);
  });
});

it('a picture shows the end where nothing moves, and what is printed as text', () => {
  const svg = terminalPicture(
    [
      { atMs: 0, lines: ['$ x'] },
      { atMs: 1_000, lines: ['$ x', '\u001b[32m✓\u001b[39m <b>\u001b[1m & \u001b[0m"c"'] },
    ],
    { columns: 20, title: 'x "y"' },
  );
  expect(svg).toContain('g{opacity:0}.f1{opacity:1}');
  expect(svg).toContain('aria-label="x &quot;y&quot;"');
  expect(svg).toContain(
    '<tspan class="green">✓</tspan> &lt;b&gt;<tspan class="bold"> &amp; </tspan>&quot;c&quot;</text>',
  );
  expect(screensOf(svg)).toEqual([['$ x'], ['$ x', '✓ <b> & "c"']]);
});
