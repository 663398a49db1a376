import { expect, test } from 'vitest';
import { formatRunSummary } from '../../../src/cli/render/runs.ts';
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
    result: { phase: 'checks', passed: 0, of: 1, skipped: 1 },
    outcome: 'skipped',
  });
  expect(checksPhase([held, skipped])).toEqual({
    result: { phase: 'checks', passed: 1, of: 2, skipped: 1 },
    outcome: 'done',
  });
  expect(checksPhase([held])).toEqual({
    result: { phase: 'checks', passed: 1, of: 1, skipped: 0 },
    outcome: 'done',
  });
  expect(checksPhase([held, { ...held, status: 'failed' }])).toEqual({
    result: { phase: 'checks', passed: 1, of: 2, skipped: 0 },
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

test('--strict fails where a check was skipped, with its name', () => {
  expect(checksVerdict([skipped], undefined, false)).toEqual({ state: 'succeeded', exitCode: 0 });
  expect(checksVerdict([skipped], undefined, true)).toMatchObject({
    state: 'checks-failed',
    cause: 'checks',
    exitCode: 65,
    message: '--strict: 1 of 1 checks were skipped: checksum.',
  });
});
