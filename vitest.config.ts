import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** The suites that print a table at their end. */
const tables: Readonly<Record<string, string>> = {
  faults: './test/faults/fault-reporter.ts',
  compatibility: './test/compatibility/table-reporter.ts',
};
const named = process.argv.filter((_, index, words) => words[index - 1] === '--project');
const suite = named.find((name) => name in tables);
/** Each command leaves its numbers in a file of its own. */
const results = `test-results-${named.join('-') || 'all'}.json`;

/**
 * `unit` imports `src/` and needs no build, `cli` (and the fuzz tests, which change
 * their process's environment) drives the built program; neither starts Spark or a container. The
 * others share a runtime, an image and a cluster, so they run one after the other.
 */
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
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{cli,slow,spark,docker,package,faults,compatibility}.test.ts', 'test/fuzz/**'],
          // Modules are loaded once a worker and not once a file.
          isolate: false,
          // Many files wait for a process or a timer.
          maxWorkers: 3,
          testTimeout: minute,
          unstubEnvs: true,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'cli',
          include: ['test/**/*.cli.test.ts', 'test/fuzz/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: minute,
          sequence: { groupOrder: 1 },
        },
      },
      alone('package', 2),
      alone('slow', 3),
      alone('spark', 4),
      alone('docker', 5),
      alone('faults', 6),
      // One submission is made for several tests.
      alone('compatibility', 7, 15 * minute),
    ],
  },
});

/** One project after the other, and one file after the other in each. */
function alone(name: string, groupOrder: number, testTimeout = 5 * minute) {
  return {
    test: {
      name,
      include: [`test/**/*.${name}.test.ts`],
      fileParallelism: false,
      // One process for all: each would load sparkctl, execa and the rest for itself.
      isolate: false,
      sequence: { groupOrder },
      testTimeout,
      hookTimeout: 10 * minute,
    },
  };
}
