import { expect, test } from 'vitest';
import { formatRunSummary } from '../../../src/cli/render/run-summary.ts';
import { checksPhase, checksVerdict } from '../../../src/run/check-result.ts';
import { renderReport } from '../../../src/run/report/render-report.ts';
import { aRun } from '../../run/a-run.ts';

const summaryOf = (changes: Parameters<typeof aRun>[0]) =>
  formatRunSummary(aRun(changes), '/p', (_style, text) => text);

test('an accounting that does not add up is no equation, neither in the summary nor in the report', () => {
  const accounting = { read: 10, loaded: 7, quarantined: 1, duplicates: 1, filtered: 0, reasons: {} };
  expect(summaryOf({ accounting })).toContain(
    'Accounting  10 read ≠ 7 loaded + 1 quarantined + 1 duplicates + 0 filtered\n',
  );
  expect(renderReport(aRun({ accounting }), [])).toContain(
    'and 9 accounted for: these numbers do not add up',
  );
  expect(summaryOf({})).toContain('10 read = 8 loaded + 1 quarantined + 1 duplicates + 0 filtered\n');
  expect(renderReport(aRun(), [])).not.toContain('add up');
});

test('rows in which a value was repaired are said beside the equation', () => {
  const accounting = { read: 9, loaded: 9, quarantined: 0, duplicates: 0, filtered: 0, reasons: {} };
  const equation = '9 read = 9 loaded + 0 quarantined + 0 duplicates + 0 filtered';
  expect(summaryOf({ accounting })).toContain(`${equation}\n`);
  const repaired = { ...accounting, repaired: 1 };
  expect(summaryOf({ accounting: repaired })).toContain(`${equation}; 1 of the loaded ones repaired\n`);
  expect(renderReport(aRun({ accounting: repaired }), [])).toContain(
    'The job has repaired a value in 1 row of those that it has loaded.',
  );
});

const skipped = {
  kind: 'checksum',
  name: 'checksum',
  status: 'skipped',
  expected: 'the rows of the ledger',
  found: 'no ledger',
  detail: 'There is neither a dataset nor a run that recorded its checksum.',
} as const;

test('a check that was skipped is said to be skipped, and not counted as held', () => {
  const held = { ...skipped, status: 'held', found: 'so' } as const;
  expect(checksPhase([skipped])).toEqual({
    result: { phase: 'checks', passed: 0, of: 1, warned: 0, skipped: 1 },
    outcome: 'skipped',
  });
  expect(checksPhase([held, skipped])).toEqual({
    result: { phase: 'checks', passed: 1, of: 2, warned: 0, skipped: 1 },
    outcome: 'done',
  });
  expect(checksPhase([held])).toEqual({
    result: { phase: 'checks', passed: 1, of: 1, warned: 0, skipped: 0 },
    outcome: 'done',
  });
  expect(checksPhase([held, { ...held, status: 'failed' }])).toEqual({
    result: { phase: 'checks', passed: 1, of: 2, warned: 0, skipped: 0 },
    outcome: 'failed',
  });
  const summary = summaryOf({ checks: [skipped] });
  expect(summary).toContain(
    'Checks      - checksum: skipped\n              There is neither a dataset nor a run that recorded its checksum.\n',
  );
  expect(summary).toContain('Result      succeeded in 30.0 s, but 1 check was skipped\n');
  expect(renderReport(aRun({ checks: [skipped] }), [])).toContain(
    '<b>0 of 1</b><span>checks held, 1 skipped</span>',
  );
});

const warned = {
  ...skipped,
  name: 'not_null (city)',
  status: 'warned',
  expected: 'a city in every row',
  found: 'in 4 of 9 rows city is empty',
  detail: 'id 1: city is empty.',
  faulty: { rows: 4, file: 'failing-rows-1-not_null.jsonl' },
} as const;

test('a check that warned is shown with its rows and their file, and the run has succeeded', () => {
  const held = { ...skipped, status: 'held' } as const;
  expect(checksPhase([held, warned])).toEqual({
    result: { phase: 'checks', passed: 1, of: 2, warned: 1, skipped: 0 },
    outcome: 'done',
  });
  expect(checksVerdict([warned], undefined, false)).toEqual({ state: 'succeeded', exitCode: 0 });
  expect(checksVerdict([held, warned], undefined, true)).toMatchObject({
    exitCode: 65,
    message: '--strict: 1 of 2 checks warned: not_null (city).',
  });
  const file = '.sparkctl/runs/etl-20260131-120000-aaaaaa/failing-rows-1-not_null.jsonl';
  const summary = summaryOf({ checks: [warned, skipped] });
  expect(summary).toContain(
    `Checks      ! not_null (city): expected a city in every row, found in 4 of 9 rows city is empty
              id 1: city is empty.
              All 4 rows: ${file}\n`,
  );
  expect(summary).toContain('succeeded in 30.0 s, but 1 check warned and 1 check was skipped\n');
  const cut = {
    ...warned,
    status: 'failed',
    faulty: { ...warned.faulty, rows: 200_000, kept: 100_000 },
  } as const;
  expect(summaryOf({ checks: [cut] })).toContain(`The first 100,000 of 200,000 rows: ${file}\n`);
  const page = renderReport(aRun({ checks: [warned, held] }), []);
  expect(page).toContain('<b>1 of 2</b><span>checks held, 1 warned</span>');
  expect(page).toContain(
    '<a href="failing-rows-1-not_null.jsonl">All 4 rows: failing-rows-1-not_null.jsonl</a>',
  );
});

test('--strict fails where a check was skipped, with its name', () => {
  expect(checksVerdict([skipped], undefined, false)).toEqual({ state: 'succeeded', exitCode: 0 });
  expect(checksVerdict([skipped], undefined, true)).toMatchObject({
    state: 'checks-failed',
    cause: 'checks',
    exitCode: 65,
    message: '--strict: 1 of 1 checks were skipped: checksum.',
  });
});
