import { expect, it } from 'vitest';
import { formatJunit, formatMarkdown } from '../../../src/cli/render/run-formats.ts';
import { aRun } from '../../run/a-run.ts';

const hostile = 'a<b> & "c" | \u0001\ud800 ]]>';
const run = aRun({
  id: 'etl-20260131-120000-aaaaaa',
  state: 'checks-failed',
  exitCode: 65,
  durationMs: 12_345,
  message: `1 of 3 checks failed: ${hostile}`,
  accounting: {
    read: 10,
    loaded: 8,
    quarantined: 2,
    duplicates: 0,
    filtered: 0,
    reasons: { 'invalid-email': 2 },
  },
  checks: [
    { kind: 'unique', name: 'unique (id)', status: 'held', expected: 'no two', found: 'none' },
    {
      kind: 'pattern',
      name: `pattern (${hostile})`,
      status: 'failed',
      expected: 'x',
      found: hostile,
      detail: 'id 1\nid 2',
      faulty: { rows: 2, file: 'failing-rows-2-pattern.jsonl' },
    },
    {
      kind: 'query',
      name: 'query (few)',
      status: 'warned',
      expected: 'no row',
      found: '3 rows',
      detail: 'id 7.',
    },
    {
      kind: 'checksum',
      name: 'checksum',
      status: 'skipped',
      expected: 'y',
      found: 'nothing',
      detail: 'no ledger',
    },
  ],
});

it('a run is a test suite: the job and each check', () => {
  const xml = formatJunit(run);
  expect(xml).toContain('tests="5" failures="1" errors="0" skipped="1"');
  expect(xml).toContain('<testcase classname="job" name="etl-20260131-120000-aaaaaa"/>');
  expect(xml).toContain('<testcase classname="unique" name="unique (id)"/>');
  expect(xml).toContain('>id 1\nid 2\nAll 2 rows: failing-rows-2-pattern.jsonl</failure>');
  expect(xml).toContain('<system-out>Warning: expected no row, found 3 rows\nid 7.</system-out>');
  expect(xml).toContain('<skipped message="no ledger"></skipped>');
  expect(xml).toContain('a&lt;b&gt; &amp; &quot;c&quot; | \ufffd\ufffd ]]&gt;');
  // Nothing but elements and text: what is left without its tags has no sign of one.
  expect(xml.replace(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>|<\?xml[^>]*\?>/g, '')).not.toMatch(/[<>]/);
});

it('a run that did not get to its checks is an error of the job', () => {
  const xml = formatJunit(
    aRun({ state: 'failed', exitCode: 1, message: 'The script ended: boom', checks: [] }),
  );
  expect(xml).toContain('tests="1" failures="0" errors="1" skipped="0"');
  expect(xml).toContain('<error message="failed">The script ended: boom</error>');
});

it('a run is a page of Markdown in which what it says is text', () => {
  const page = formatMarkdown(run);
  expect(page).toMatch(/^## ❌ \w+: checks-failed in 12\.3 s\n/);
  expect(page).toContain('| ✅ | unique (id) | no two | none |\n');
  expect(page).toContain('| ⚠️ | query (few) | no row | 3 rows |\n');
  expect(page).toContain('All 2 rows: failing-rows-2-pattern.jsonl |\n');
  expect(page).toContain('| ➖ | checksum | y | skipped |\n');
  expect(page).toContain('Quarantined: invalid-email 2\n');
  for (const line of page.split('\n').filter((each) => each.startsWith('| ❌')))
    expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6);
  expect(page).not.toMatch(/[^\\]<b/);
});
