import { expect, test } from 'vitest';
import { formatRunDiff } from '../../../src/cli/render/runs.ts';
import { diffRuns } from '../../../src/run/record/diff-runs.ts';
import { aRun } from '../a-run.ts';

test('a run and its exact repetition are the same, whatever they are called and whenever they were', () => {
  const [a, b] = [aRun(), aRun({ id: 'etl-20260201-120000-bbbbbb', startedAt: '2026-02-01T12:00:00.000Z' })];
  expect(diffRuns(a, b).differences).toEqual([]);
  expect(formatRunDiff(a, b, diffRuns(a, b))).toBe(
    'etl-20260131-120000-aaaaaa and etl-20260201-120000-bbbbbb are the same in all 20 facts.\n',
  );
});

test('metrics, counts, settings and endings are compared', () => {
  const a = aRun({
    metrics: { silhouette: 0.5, k: 4 },
    series: [{ name: 'Inertia', x: 'k', y: 'inertia', points: [[2, 100]] }],
  });
  const b = aRun({
    id: 'b',
    state: 'failed',
    exitCode: 3,
    cause: 'application',
    durationMs: 45_500,
    metrics: { silhouette: 0.75, k: 4 },
    series: [{ name: 'Inertia', x: 'k', y: 'inertia', points: [[2, 90]] }],
    command: [
      'spark-submit',
      '--conf',
      'spark.executor.memory=2g',
      '--conf',
      'spark.sparkctl.run=q',
      'etl.py',
    ],
    accounting: { read: 10, loaded: 9, quarantined: 0, duplicates: 1, filtered: 0, reasons: {} },
  });
  expect(formatRunDiff(a, b, diffRuns(a, b))).toBe(`A  etl-20260131-120000-aaaaaa
B  b

WHAT                          A          B            CHANGE
state                         succeeded  failed
exit code                     0          3            +3
metric silhouette             0.5        0.75         +0.25
Inertia, k 2                  100        90           -10
rows loaded                   8          9            +1
rows quarantined              1          0            -1
rows quarantined, wrong-type  1          -
time, ms                      30,000     45,500       +15,500
spark.executor.memory         1g         2g
cause                         -          application

14 other facts are the same.
`);
});

test('the rows of the table, and those that a check has found to be wrong, are compared', () => {
  const run = (rows: number, wrong: number) =>
    aRun({
      database: { path: '/p/a.db', table: 't', rows },
      checks: [
        {
          kind: 'not_null',
          name: 'not_null (city)',
          status: 'warned',
          expected: 'a city in every row',
          found: 'less',
          faulty: { rows: wrong },
        },
      ],
    });
  expect(diffRuns(run(10, 2), run(12, 1)).differences).toEqual([
    { what: 'rows of the table', a: 10, b: 12, change: 2 },
    { what: 'check not_null (city), rows wrong', a: 2, b: 1, change: -1 },
  ]);
});

test('counts are exact, and fractions that differ look different', () => {
  const accounting = {
    read: 3_000_000,
    loaded: 2_880_666,
    quarantined: 0,
    duplicates: 0,
    filtered: 0,
    reasons: {},
  };
  const a = aRun({ accounting, metrics: { score: 0.123456789, cost: 1_234_567.25 } });
  const b = aRun({
    accounting: { ...accounting, loaded: 2_880_667 },
    metrics: { score: 0.123456788, cost: 1_234_567.5 },
  });
  const lines = formatRunDiff(a, b, diffRuns(a, b)).split('\n');
  const of = (what: string) => lines.find((line) => line.startsWith(what))?.replace(/ {2,}/g, ' | ');
  expect(of('rows loaded')).toBe('rows loaded | 2,880,666 | 2,880,667 | +1');
  expect(of('metric score')).toBe('metric score | 0.123456789 | 0.123456788 | -0.000000001');
  expect(of('metric cost')).toBe('metric cost | 1,234,567.25 | 1,234,567.5 | +0.25');
});
