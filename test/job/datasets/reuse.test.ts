import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { temporaryFolder } from './temporary-folder.ts';

const wanted = { dataset: 'users', seed: 5, rows: 50, defects: { emailBroken: 0.1 } };

test('a file that is already the wanted one is kept as it is', async () => {
  const path = join(temporaryFolder(), 'deep', 'er', 'users.jsonl');
  const first = await generateDataset({ ...wanted, path });
  expect(first).toMatchObject({ reused: false, reason: 'it was not there' });
  const before = statSync(path, { bigint: true });
  const second = await generateDataset({ ...wanted, defects: { emailSpaces: 0, ...wanted.defects }, path });
  expect(second).toEqual({
    ledger: first.ledger,
    reused: true,
    reason: 'it is already the one that is wanted',
  });
  const after = statSync(path, { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  expect(readdirSync(join(path, '..')).sort()).toEqual(['users.jsonl', 'users.jsonl.ledger.json']);
});

test.each([
  [{ seed: 6 }, 'the one there has another seed'],
  [{ rows: 51 }, 'the one there has another number of rows'],
  [{ defects: {} }, 'the one there has other defects'],
])('one that was generated otherwise is replaced: %o', async (change, reason) => {
  const path = join(temporaryFolder(), 'users.jsonl');
  await generateDataset({ ...wanted, path });
  const outcome = await generateDataset({ ...wanted, ...change, path });
  expect(outcome).toMatchObject({ reused: false, reason });
  expect(await generateDataset({ ...wanted, ...change, path })).toMatchObject({ reused: true });
});

test('one of an older generator is replaced', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  const { ledger } = await generateDataset({ ...wanted, path });
  writeFileSync(`${path}.ledger.json`, JSON.stringify({ ...ledger, generator: 'users 0' }));
  const outcome = await generateDataset({ ...wanted, path });
  expect(outcome).toMatchObject({ reused: false, reason: 'the one there has another generator' });
});

test('one that was changed since, or cut off, is generated again', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  const { ledger } = await generateDataset({ ...wanted, path });
  const original = readFileSync(path);
  appendFileSync(path, '\n');
  const changed = 'the one there was changed since it was generated';
  expect(await generateDataset({ ...wanted, path })).toEqual({ ledger, reused: false, reason: changed });
  expect(readFileSync(path).equals(original)).toBe(true);
  const flipped = Buffer.from(original);
  flipped[20] = 0x7a;
  writeFileSync(path, flipped);
  expect(await generateDataset({ ...wanted, path })).toEqual({ ledger, reused: false, reason: changed });
  expect(readFileSync(path).equals(original)).toBe(true);
});

test('a ledger whose file is gone does not count', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  await generateDataset({ ...wanted, path });
  rmSync(path);
  expect(await generateDataset({ ...wanted, path })).toMatchObject({
    reused: false,
    reason: 'it was not there',
  });
});

test("somebody's own file is not overwritten", async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'users.jsonl');
  writeFileSync(path, 'mine\n');
  await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
    code: 'not-ours-to-overwrite',
    category: 'output',
    message: `${path} is there already and has no ledger (${path}.ledger.json), so sparkctl did not generate it and does not overwrite it.`,
    hint: 'Choose another path for the generated data, or move that file away. To load it as it is, leave the dataset out of the manifest.',
  });
  expect(readFileSync(path, 'utf8')).toBe('mine\n');
  expect(readdirSync(folder)).toEqual(['users.jsonl']);
});

test('a file with a ledger that is none is not overwritten', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  writeFileSync(path, 'mine\n');
  writeFileSync(`${path}.ledger.json`, '{"schemaVersion":1}');
  await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
    code: 'bad-ledger',
    message: `The ledger ${path}.ledger.json cannot be used: dataset: Invalid input: expected string, received undefined.`,
    hint: `Delete it together with ${path}, and generate the data again.`,
  });
  expect(readFileSync(path, 'utf8')).toBe('mine\n');
});

test('a folder and a symbolic link are not overwritten', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'elsewhere'), 'mine\n');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
  for (const name of ['folder', 'link']) {
    const path = join(folder, name);
    await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
      category: 'output',
      message: `${path} is there already and is no regular file, so it is not overwritten.`,
    });
  }
  expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('mine\n');
});
