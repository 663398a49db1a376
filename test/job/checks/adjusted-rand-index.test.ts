import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../../src/job/checks/segments/adjusted-rand-index.ts';

/** Counts two labellings of the same rows against each other. */
function contingency(groups: readonly number[], segments: readonly number[]) {
  const table = new Map<string, Map<string, number>>();
  for (const [row, group] of groups.entries()) {
    const counts = table.get(String(group)) ?? new Map<string, number>();
    const segment = String(segments[row]);
    counts.set(segment, (counts.get(segment) ?? 0) + 1);
    table.set(String(group), counts);
  }
  return table;
}

/** The expected numbers are those that the documentation of scikit-learn's adjusted_rand_score gives for the same labels. */
test.each([
  { groups: [0, 0, 1, 1], segments: [0, 0, 1, 1], index: 1 },
  { groups: [0, 0, 1, 1], segments: [1, 1, 0, 0], index: 1 },
  { groups: [0, 0, 1, 2], segments: [0, 0, 1, 1], index: 0.57142857 },
  { groups: [0, 0, 1, 1], segments: [0, 0, 1, 2], index: 0.57142857 },
  { groups: [0, 0, 0, 0], segments: [0, 1, 2, 3], index: 0 },
  { groups: [0, 0, 1, 1], segments: [0, 1, 0, 1], index: -0.5 },
  { groups: [0, 0, 0], segments: [5, 5, 5], index: 1 },
])('$groups against $segments is $index', ({ groups, segments, index }) => {
  expect(adjustedRandIndex(contingency(groups, segments))).toBeCloseTo(index, 8);
});
