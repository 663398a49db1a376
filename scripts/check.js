// Lint, types and unit tests of sources that were just built: two lanes side by side, for a machine with two cores.
import { execa } from 'execa';

const lanes = [
  [
    ['biome', 'ci', '.'],
    ['tsc', '--noEmit'],
    ['knip', '--no-config-hints'],
  ],
  [['vitest', 'run', '--project', 'unit']],
];

/** Runs a tool to its end and prints what it said; false where it failed. */
async function passes([tool, ...words]) {
  const began = performance.now();
  const { all, failed } = await execa(tool, words, { all: true, reject: false, preferLocal: true });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${failed ? '✗' : '✓'} ${[tool, ...words].join(' ')} (${seconds} s)\n`);
  if (failed) process.stdout.write(`${all}\n`);
  return !failed;
}

const results = await Promise.all(
  lanes.map(async (lane) => {
    const passed = [];
    for (const command of lane) passed.push(await passes(command));
    return passed;
  }),
);
process.exitCode = results.flat().every(Boolean) ? 0 : 1;
