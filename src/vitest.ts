/** A fixture for vitest: tests on a real Spark cluster that all of them share, each with a folder of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, expect, type TestAPI, test, vi } from 'vitest';
import {
  readTable,
  type SharedCluster,
  type SharedClusterOptions,
  type SubmitOptions,
  type SubmittedRun,
  sharedCluster,
  type TableAddress,
  type TableRow,
} from './index.ts';
import { projectFolder } from './operations/context.ts';
import type { RunResult } from './operations/run-result.ts';
import { sparkMatchers } from './testing/matchers.ts';
import type { Row, RowComparison } from './testing/row-differences.ts';

export type { RowComparison } from './testing/row-differences.ts';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that it adds to says so
  interface Matchers<T = any> {
    /** The run has succeeded; otherwise its reason, its checks and where to look are said. */
    toHaveSucceeded(): void;
    /** The run has not succeeded, for that cause where one is given, and with that in its message. */
    toHaveFailed(wanted?: { cause?: RunResult['cause']; message?: string | RegExp }): void;
    /** The rows are the expected ones, in any order unless `ordered`; otherwise the differences alone are shown. */
    toEqualRows(expected: readonly Row[], comparison?: RowComparison): void;
  }
}

export interface SparkTestOptions extends SharedClusterOptions {
  /** Milliseconds that a test of the file may take, unless it says so itself. Default: 120,000. */
  readonly testTimeout?: number | undefined;
}

/** The part of a test's surroundings that is Spark's. */
export interface SparkTest {
  /** The cluster, which other test files use too. */
  readonly cluster: SharedCluster;
  /**
   * The test's own folder, absolute and in the project: what the job of a manifest makes goes there, and so does Spark's
   * warehouse. It is removed after the test, unless that has failed.
   */
  readonly folder: string;
  /** The path of a file in that folder. */
  path(...parts: readonly string[]): string;
  /** Submits a job, as `sparkctl submit` does, with `dataFolder` set to the folder of the test. It ends with the test. */
  submit(application: string, options?: Omit<SubmitOptions, 'cluster' | 'keep' | 'dataFolder'>): SubmittedRun;
  /** Reads the table of a run, or any table of a SQLite database. */
  table(of: RunResult | TableAddress): Promise<readonly TableRow[]>;
}

/** The first cluster on a machine may have to install Spark, or to build an image. */
const clusterTimeoutMs = 20 * 60_000;
const usualTestTimeoutMs = 120_000;

/**
 * Makes a `test` whose tests get `spark`: a cluster by these options, which all test files and processes share that ask for the
 * same one, and a folder of their own.
 *
 *     const test = sparkTest({ workers: 2 });
 *     test('loads users', async ({ spark, expect }) => {
 *       const run = await spark.submit('jobs/etl.py', { rows: 1000 });
 *       expect(run).toHaveSucceeded();
 *     });
 */
export function sparkTest(options: SparkTestOptions = {}): TestAPI<{ spark: SparkTest }> {
  const { testTimeout = usualTestTimeoutMs, ...shared } = options;
  expect.extend(sparkMatchers);
  vi.setConfig({ testTimeout });
  let started: Promise<SharedCluster> | undefined;
  const cluster = async () => {
    started ??= sharedCluster(shared);
    return await started;
  };
  // The start counts as no test's time.
  beforeAll(async () => {
    await cluster();
  }, clusterTimeoutMs);
  return test.extend<{ spark: SparkTest }>({
    spark: async ({ task, signal }, use) => {
      const folder = join(testsFolder(options), `${slug(task.name)}-${randomBytes(4).toString('hex')}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await use(surroundings(await cluster(), folder, signal));
      if (task.result?.state !== 'fail') await rm(folder, { recursive: true, force: true });
    },
  });
}

function surroundings(cluster: SharedCluster, folder: string, signal: AbortSignal): SparkTest {
  return {
    cluster,
    folder,
    path: (...parts) => join(folder, ...parts),
    submit: (application, { sparkOptions = [], signal: given, ...options } = {}) =>
      cluster.submit(application, {
        ...options,
        dataFolder: folder,
        sparkOptions: [
          { name: '--conf', value: `spark.sql.warehouse.dir=${join(folder, 'warehouse')}` },
          ...sparkOptions,
        ],
        signal: given === undefined ? signal : AbortSignal.any([signal, given]),
      }),
    table: async (of) => await readTable('id' in of ? tableOf(of) : of),
  };
}

function tableOf({ id, database }: RunResult): TableAddress {
  if (database !== undefined) return database;
  throw new Error(
    `Run ${id} has no table: its job has no manifest with a database. Name one: { path, table }.`,
  );
}

function testsFolder({ project }: SparkTestOptions): string {
  const found = project === undefined ? projectFolder(process.cwd()) : resolve(project);
  return join(found, '.sparkctl', 'tests');
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'test'
  );
}
