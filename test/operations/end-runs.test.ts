import { expect, it } from 'vitest';
import { prunable } from '../../src/operations/end-runs.ts';
import type { FoundRun } from '../../src/run/record/run-store.ts';
import { aRun } from '../run/a-run.ts';

const now = new Date('2026-02-10T12:00:00.000Z');
const day = 86_400_000;

/** Runs that ended that many days ago, the newest first. */
function runs(...days: readonly number[]): readonly FoundRun[] {
  return days.map((ago) => {
    const finishedAt = new Date(now.getTime() - ago * day).toISOString();
    return { record: aRun({ id: `etl-2026013${ago}-120000-aaaaaa`, finishedAt }), situation: 'over' };
  });
}

const chosen = (found: readonly FoundRun[], request: Parameters<typeof prunable>[1]) =>
  prunable(found, request, now).map(({ id }) => id.slice(11, 12));

it('runs beyond the number that is kept are removed', () => {
  expect(chosen(runs(1, 2, 3), { keep: 1 })).toEqual(['2', '3']);
  expect(chosen(runs(1, 2), { keep: 5 })).toEqual([]);
  expect(chosen(runs(1, 2), { keep: 0 })).toEqual(['1', '2']);
});

it('runs that ended before a time are removed, and where both are said, only those beyond both', () => {
  expect(chosen(runs(1, 2, 3), { olderThanMs: 2 * day })).toEqual(['2', '3']);
  expect(chosen(runs(1, 2, 3), { olderThanMs: 2 * day, keep: 2 })).toEqual(['3']);
});

it('a run that is not over is never removed, nor does it change which others are', () => {
  const [first, ...others] = runs(1, 2, 3);
  if (first === undefined) throw new Error('no run');
  for (const situation of ['going-on', 'elsewhere', 'abandoned'] as const)
    expect(chosen([{ ...first, situation }, ...others], { keep: 0 })).toEqual(['2', '3']);
});
