import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** Set by `npm run faults`, which has a table and a file of results of its own. */
const faults = process.env['FAULTS'] !== undefined;
const results = faults ? 'faults-results.json' : 'test-results.json';

/** Fast tests start no Spark and no container; the others share a runtime, an image and a cluster, so they run one after the other. */
export default defineConfig({
  test: {
    reporters: [
      'default',
      ...(faults ? ['./test/faults/fault-reporter.ts'] : []),
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
