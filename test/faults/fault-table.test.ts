import { describe, expect, it } from 'vitest';
import { faultTable, type TriedFault, verdictOf } from './fault-table.ts';
import { type FaultNumber, faultTitles } from './fault-titles.ts';

const numbers = Object.keys(faultTitles).map(Number) as FaultNumber[];
const tried = (number: FaultNumber, outcome: TriedFault['outcome'] = 'passed'): TriedFault => ({
  number,
  where: 'local',
  injected: 'kill -9 of a worker and its executor in 1,000,000 rows',
  exitCode: 0,
  rows: { before: 960_318, after: 960_319 },
  outcome,
});

describe('the table of the faults', () => {
  it('has a heading for each of the faults and a line for each case, and fits a terminal', () => {
    const lines = faultTable(numbers.map((number) => tried(number)));
    expect(lines).toHaveLength(63);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(lines.slice(0, 3)).toEqual([
      ' #  fault, and what was done                                        backend   exit   rows before -> after  verdict',
      ' 1  A worker and its executor die while they write',
      '      kill -9 of a worker and its executor in 1,000,000 rows        local        0     960,318 -> 960,319  holds',
    ]);
  });

  it('says what does not hold, and what was not tried', () => {
    const lines = faultTable([tried(1, 'failed'), tried(2, 'skipped')]);
    expect(lines[2]).toMatch(/ {2}DOES NOT HOLD$/);
    expect(lines[4]).toMatch(/ {2}not tried$/);
    expect(lines[6]).toMatch(/^ +\(nothing was tried\) +DOES NOT HOLD$/);
  });

  it('holds when there are all thirty-one and none failed', () => {
    const all = numbers.map((number) => tried(number));
    expect(verdictOf(all)).toBe('All thirty-one hold.');
    expect(verdictOf(all.slice(1))).toBe('NOT ALL OF THE THIRTY-ONE HOLD.');
    expect(verdictOf([...all, tried(1, 'failed')])).toBe('NOT ALL OF THE THIRTY-ONE HOLD.');
    expect(verdictOf([...all, tried(1, 'skipped')])).toBe(
      'All thirty-one hold, but for 1 cases that were not tried.',
    );
  });
});
