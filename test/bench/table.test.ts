import { describe, expect, it } from 'vitest';
import { fillMarkers, markdownTable, resultLine } from '../../bench/table.js';
import { aResult } from './a-result.ts';

const on = {
  cores: 2,
  cpu: 'a processor',
  memoryGb: 24,
  node: '20.19.0',
  java: '17.0.15',
  spark: '4.3.0',
  python: '3.11.7',
  commit: 'd7de3fabbbb8cfc90df2832febc77dd7ac694106',
  date: '2026-01-31T12:00:00.000Z',
  busyWith: [],
};

describe('the table', () => {
  it('shows medians, spread, ratio, goals and verdict', () => {
    expect(markdownTable([aResult()]).split('\n')).toEqual([
      '| figure | what         | stock              | sparkctl           | ratio |   must |    aim | verdict     |',
      '| ------ | ------------ | ------------------ | ------------------ | ----: | -----: | -----: | ----------- |',
      '| cold   | no-op script | 11.0 s (10.0–12.0) | 1.10 s (1.00–1.20) |  0.10 | ≤ 0.45 | ≤ 0.35 | aim reached |',
    ]);
  });

  it('shows rates in thousands and millions, and goals that are rates', () => {
    const rates = aResult({
      unit: 'rows/s',
      judged: 'ours',
      better: 'more',
      must: 1e6,
      aim: 3e6,
      stock: { what: 'scan', values: [812_345] },
      ours: { what: 'checks', values: [2_400_000, 2_500_000, 2_600_000] },
    });
    expect(markdownTable([rates])).toContain(
      '| 812,345 rows/s | 2.50 M rows/s (2.40–2.60) |  3.08 | ≥ 1.00 M rows/s | ≥ 3.00 M rows/s | must reached |',
    );
  });

  it('says why a figure has no value, and stays one line', () => {
    const none = aResult({ state: 'not measured', reason: 'no a|b\nmore of it' });
    const [line = ''] = markdownTable([none]).split('\n').slice(-1);
    expect(line).toMatch(/ not measured: no a\\\|b \|$/);
    expect(line).not.toContain('11.0');
    expect(markdownTable([aResult({ state: 'failed', reason: 'exit code 1' })])).toContain(
      '**failed**: exit code 1',
    );
  });

  it('names the machine and the commit, each figure by its own where they differ', () => {
    expect(markdownTable([aResult({ on })])).toContain(
      'Measured with 2 cores of a processor, 24 GB; Node 20.19.0, Java 17.0.15, Spark 4.3.0, Python 3.11.7; commit d7de3fabbb, 2026-01-31.',
    );
    const two = markdownTable([aResult({ on }), aResult({ name: 'help', on: { ...on, cores: 4 } })]);
    expect(two).toContain('- cold: 2 cores');
    expect(two).toContain('- help: 4 cores');
  });

  it('tells of a machine that was not quiet', () => {
    expect(markdownTable([aResult({ on: { ...on, busyWith: ['vitest'] } })])).toContain(
      'the machine was not quiet: these times mean little** (vitest)',
    );
  });

  it('of nothing says so', () => {
    expect(markdownTable([])).toBe('Nothing has been measured yet.');
  });
});

it('one line tells a figure as soon as it is known', () => {
  expect(resultLine(aResult())).toMatch(/^cold: 0\.10 aim reached/);
  expect(resultLine(aResult({ state: 'failed', reason: 'exit code 1' }))).toBe(
    'cold: **failed**: exit code 1',
  );
});

describe('the markers of a document', () => {
  it('keep what stands around them, however often they are filled', () => {
    const document = 'before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n';
    const filled = fillMarkers(document, 'new');
    expect(filled).toBe('before\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nafter\n');
    expect(fillMarkers(filled, 'new')).toBe(filled);
  });

  it('must be there', () => {
    expect(() => fillMarkers('nothing', 'new')).toThrow('<!-- bench -->');
  });
});
