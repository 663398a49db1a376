import type { SeededRandom } from './seeded-random.ts';

/** Which of these defects strikes the next row, if any. One draw decides among all of them, so that a row never has two. */
export function drawDefect<Defect extends string>(
  defects: readonly Defect[],
  rates: Readonly<Partial<Record<Defect, number>>>,
  random: SeededRandom,
): Defect | undefined {
  let left = random.next();
  for (const defect of defects) {
    left -= rates[defect] ?? 0;
    if (left < 0) return defect;
  }
  return undefined;
}
