// Times two things by turns, so that a busy moment hits both, and prints their medians and the ratio.

/**
 * @param {{ name: string, run: () => unknown, after?: () => unknown }} ours
 * @param {{ name: string, run: () => unknown, after?: () => unknown }} other
 * @param {{ rounds: number, goal: number }} options goal: the ratio that is aimed at
 */
export async function compare(ours, other, { rounds, goal }) {
  const times = { ours: [], other: [] };
  for (let round = 0; round < rounds; round++) {
    times.other.push(await time(other));
    times.ours.push(await time(ours));
  }
  const [a, b] = [median(times.ours), median(times.other)];
  console.log(`  ${ours.name.padEnd(40)} ${a.toFixed(0).padStart(7)} ms`);
  console.log(`  ${other.name.padEnd(40)} ${b.toFixed(0).padStart(7)} ms`);
  console.log(`  ratio ${(a / b).toFixed(2)}, goal at most ${goal}, median of ${rounds} rounds by turns`);
}

/** What comes after, such as taking down what was started, is not timed. */
async function time({ run, after }) {
  const began = performance.now();
  await run();
  const elapsed = performance.now() - began;
  await after?.();
  return elapsed;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
