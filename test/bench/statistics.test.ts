import { describe, expect, it } from 'vitest';
import { judgedNumber, median, ratioOf, spread, verdictOf } from '../../bench/statistics.js';
import { aResult } from './a-result.ts';

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('of nothing is no number', () => {
    expect(median([])).toBeNaN();
  });

  it('leaves the order of the values alone', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

it('the spread goes from the smallest to the largest value', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

it('the ratio is that of the medians', () => {
  expect(ratioOf(aResult())).toBeCloseTo(0.1);
  expect(ratioOf(aResult({ state: 'failed' }))).toBeUndefined();
});

describe('the verdict', () => {
  const verdict = (more: Parameters<typeof aResult>[0]) => verdictOf(aResult(more));

  it('says which goal is reached, and counts one that is met exactly', () => {
    expect(verdict({})).toBe('aim reached');
    expect(verdict({ aim: 0.05 })).toBe('must reached');
    expect(verdict({ aim: 0.05, must: 0.09 })).toBe('missed');
    expect(verdict({ ours: { what: '', values: [2] }, stock: { what: '', values: [8] }, aim: 0.25 })).toBe(
      'aim reached',
    );
  });

  it('turns round where more is better', () => {
    const rates = { better: 'more', unit: 'rows/s', must: 40, aim: 60 } as const;
    const at = (ours: number) =>
      verdict({ ...rates, ours: { what: '', values: [ours] }, stock: { what: '', values: [100] } });
    expect([at(3_000), at(4_000), at(6_000)]).toEqual(['missed', 'must reached', 'aim reached']);
  });

  it('is about our own value where the goal is none of ratios', () => {
    const own = aResult({ judged: 'ours', better: 'more', must: 1, aim: 2 });
    expect(judgedNumber(own)).toBe(1.1);
    expect(verdictOf(own)).toBe('must reached');
  });

  it('assumes nothing where nothing was measured', () => {
    expect(verdict({ state: 'not measured' })).toBe('not measured');
    expect(verdict({ state: 'failed' })).toBe('failed');
    expect(verdict({ ours: { what: '', values: [] } })).toBe('missed');
    expect(verdict({ stock: { what: '', values: [Number.NaN] } })).toBe('missed');
  });
});
