import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** The suites that are run by themselves: each prints a table at its end, and leaves its numbers in a file of its own. */
const tables: Readonly<Record<string, string>> = {
  faults: './test/faults/fault-reporter.ts',
  compatibility: './test/compatibility/table-reporter.ts',
};
const suite = Object.keys(tables).find((name) => process.argv.includes(name));
const results = suite === undefined ? 'test-results.json' : `test-results-${suite}.json`;

/** Fast tests start no Spark and no container; the others share a runtime, an image and a cluster, so they run one after the other. */
export default defineConfig({
  test: {
    reporters: [
      'default',
      ...(suite === undefined ? [] : [tables[suite] ?? '']),
      // A machine that counts tests finds the numbers in the file.
      ...(process.env['CI'] ? [['json', { outputFile: results }] as [string, Record<string, unknown>]] : []),
    ],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{slow,spark,docker,package,faults,compatibility}.test.ts'],
        },
      },
      slow('package', 1),
      slow('slow', 2),
      slow('spark', 3),
      slow('docker', 4),
      slow('faults', 5),
      slow('compatibility', 6),
    ],
  },
});

/** One project after the other, and one file after the other in each. */
function slow(name: string, groupOrder: number) {
  return {
    test: {
      name,
      include: [`test/**/*.${name}.test.ts`],
      fileParallelism: false,
      sequence: { groupOrder },
      testTimeout: 5 * minute,
      hookTimeout: 10 * minute,
    },
  };
}
