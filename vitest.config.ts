import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** Each suite that is run by itself leaves its numbers in a file of its own. */
const suite = ['faults', 'compatibility'].find((name) => process.argv.includes(name));
const results = suite === undefined ? 'test-results.json' : `test-results-${suite}.json`;

/** Fast tests start no Spark and no container; the others share a runtime, an image and a cluster, so they run one after the other. */
export default defineConfig({
  test: {
    // A machine that counts tests finds the numbers in the file.
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: results }]] : ['default'],
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
