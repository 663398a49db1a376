import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import type { Ledger } from '../../../src/job/datasets/ledger.ts';
import { findDataset } from '../../../src/job/datasets/registry.ts';
import { compiledSources } from './compiled-sources.ts';
import { readReferenceCsv } from './reference-csv.ts';
import { readReference } from './reference-reading.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Every defect of a dataset, each in so many rows that all refer to each other. */
function allDefects(dataset: string): Record<string, number> {
  return Object.fromEntries(Object.keys(findDataset(dataset).defects).map((defect) => [defect, 0.12]));
}

async function generated(dataset: string, rows: number, threads: number) {
  const path = join(temporaryFolder(), 'data');
  const request = { dataset, seed: 5, rows, defects: allDefects(dataset), path, threads };
  const { ledger } = await generateDataset(request);
  return { path, bytes: readFileSync(path), ledger };
}

describe.each(['users', 'customers', 'players'])('%s', (dataset) => {
  // One that ends in the middle of a piece, and one that leaves a thread without any.
  test.each([8431, 2000])('%s rows are the same on any number of threads', async (rows) => {
    const [alone, ...others] = await Promise.all([1, 2, 3].map((n) => generated(dataset, rows, n)));
    for (const { bytes, ledger } of others) {
      expect(bytes.equals(alone?.bytes ?? Buffer.alloc(0))).toBe(true);
      expect(ledger).toEqual(alone?.ledger);
    }
  });
});

/** The number of lines that a load takes, by an independent reading of the file. */
function loadedOf(path: string, { dataset, columns }: Ledger): number {
  const key = ['customer_id'];
  const typed = findDataset(dataset).columns as Parameters<typeof readReferenceCsv>[1]['columns'];
  expect(typed.map(({ name }) => name)).toEqual(columns);
  const lines = dataset === 'users' ? readReference(path) : readReferenceCsv(path, { columns: typed, key });
  return lines.filter(({ reason }) => reason === undefined).length;
}

test.each(['users', 'customers'])(
  'duplicates of %s refer to rows that other threads have made',
  async (dataset) => {
    const { path, ledger } = await generated(dataset, 12_000, 3);
    expect(ledger.duplicates.rows).toBeGreaterThan(600);
    expect(loadedOf(path, ledger)).toBe(ledger.loaded);
  },
);

test('a generation on threads is aborted at once, and leaves nothing', async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const told: number[] = [];
  const generation = generateDataset({
    dataset: 'users',
    seed: 1,
    rows: 1_000_000,
    path: join(folder, 'users.jsonl'),
    threads: 3,
    signal: controller.signal,
    onProgress: (rows) => {
      told.push(rows);
      if (rows === 4000) controller.abort(new Error('Ctrl-C'));
    },
  });
  await expect(generation).rejects.toThrow('Ctrl-C');
  expect(told).toEqual([1000, 2000, 3000, 4000]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a signal that aborts while threads start', async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const path = join(folder, 'users.jsonl');
  const request = { dataset: 'users', seed: 1, rows: 1_000_000, path, threads: 2 };
  const generation = generateDataset({ ...request, signal: controller.signal });
  setImmediate(() => controller.abort(new Error('Ctrl-C')));
  await expect(generation).rejects.toThrow('Ctrl-C');
  expect(readdirSync(folder)).toEqual([]);
});

test('a thread that fails in the middle is an error that says how, and leaves nothing', {
  timeout: 60_000,
}, () => {
  const sources = compiledSources();
  appendFileSync(
    fileURLToPath(`${sources}job/datasets/users/user-rows.js`),
    `const { next } = UserRows.prototype;
    const crashes = [
      () => { throw new Error('no more words'); },
      () => process.exit(3),
      () => { for (const kept = []; ; ) kept.push(new Array(1e6).fill(kept.length + 0.5)); },
    ];
    const { workerData } = await import('node:worker_threads');
    let rows = 0;
    UserRows.prototype.next = function () { rows += 1; if (rows === 5500) crashes[workerData.seed](); return next.call(this); };`,
  );
  const folder = temporaryFolder();
  const program = `
    const { generateDataset } = await import(process.argv[1] + 'job/datasets/generate-dataset.js');
    const request = { dataset: 'users', rows: 100_000, path: process.argv[2] + '/users.jsonl', threads: 2 };
    const failures = [];
    for (const seed of [0, 1, 2])
      await generateDataset({ ...request, seed }).catch(({ code, message }) => failures.push({ code, message }));
    console.log(JSON.stringify(failures));`;
  const { stdout } = spawnSync(
    process.execPath,
    ['--max-old-space-size=80', '--input-type=module', '-e', program, sources, folder],
    { encoding: 'utf8' },
  );
  const failed = (why: string) => ({
    code: 'generator-failed',
    message: expect.stringMatching(`^A thread that generates the dataset users failed: .*${why}.*\\.$`),
  });
  expect(JSON.parse(stdout)).toEqual(
    ['no more words', 'it ended without a word', 'memory limit'].map(failed),
  );
  expect(readdirSync(folder)).toEqual([]);
});
