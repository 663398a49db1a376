import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('an aborted generation leaves nothing, and throws the reason', async () => {
  const folder = temporaryFolder();
  const controller = new AbortController();
  const told: number[] = [];
  const filesThen: string[] = [];
  const generation = generateDataset({
    dataset: 'users',
    seed: 1,
    rows: 1_000_000,
    path: join(folder, 'users.jsonl'),
    signal: controller.signal,
    onProgress: (rows) => {
      told.push(rows);
      if (rows < 3000) return;
      filesThen.push(...readdirSync(folder));
      controller.abort(new Error('Ctrl-C'));
    },
  });
  await expect(generation).rejects.toThrow('Ctrl-C');
  expect(told).toEqual([1000, 2000, 3000]);
  expect(filesThen).toEqual([expect.stringMatching(/^users\.jsonl\.\d+-[0-9a-f-]{36}\.partial$/)]);
  expect(readdirSync(folder)).toEqual([]);
});

test('an aborted generation leaves the file that was there', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'users.jsonl');
  await generateDataset({ dataset: 'users', seed: 1, rows: 10, path });
  const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('Ctrl-C'));
  await expect(
    generateDataset({ dataset: 'users', seed: 2, rows: 5000, path, signal: controller.signal, onProgress }),
  ).rejects.toThrow('Ctrl-C');
  expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before);
});

test('a signal that has aborted before lets nothing begin', async () => {
  const folder = temporaryFolder();
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(
    generateDataset({
      dataset: 'users',
      seed: 1,
      rows: 10,
      path: join(folder, 'deep', 'users.jsonl'),
      signal,
    }),
  ).rejects.toThrow('too late');
  expect(readdirSync(folder)).toEqual([]);
});

test('what a killed process left is removed by the next, what a living one writes is not', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'users.jsonl');
  const { pid: dead } = spawnSync(process.execPath, ['-e', '0']);
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const living = `users.jsonl.${process.ppid}-${uuid}.partial`;
  writeFileSync(`${path}.${dead}-${uuid}.partial`, 'half a line');
  writeFileSync(join(folder, living), 'being written');
  writeFileSync(`${path}.partial`, "somebody's own");
  await generateDataset({ dataset: 'users', seed: 1, rows: 10, path });
  expect(readdirSync(folder).sort()).toEqual(
    ['users.jsonl', 'users.jsonl.ledger.json', 'users.jsonl.partial', living].sort(),
  );
});
