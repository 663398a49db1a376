import { expect, test } from 'vitest';
import { formatRunSummary } from '../../src/cli/render/run-summary.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { aRun } from '../runs/a-run.ts';

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
