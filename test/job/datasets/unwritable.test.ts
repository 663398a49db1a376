import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { withoutRootPower } from './without-root-power.ts';

const wanted = { dataset: 'users', seed: 1, rows: 20_000 };

test('a folder that may not be written', async () => {
  const folder = temporaryFolder();
  // Modules are loaded when they are first needed, perhaps from a folder that root alone may read.
  await generateDataset({ ...wanted, rows: 1, path: join(temporaryFolder(), 'users.jsonl') });
  chmodSync(folder, 0o555);
  withoutRootPower();
  const path = join(folder, 'users.jsonl');
  await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
    category: 'permission',
    message: `The data file ${path} cannot be written (EACCES).`,
    hint: 'Give yourself write permission there, or choose another path.',
  });
});

test('a folder that is a file', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'data'), '');
  const path = join(folder, 'data', 'users.jsonl');
  await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
    category: 'output',
    message: `The data file ${path} cannot be written (ENOTDIR).`,
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!canMount)('a full disk leaves nothing behind', async () => {
  const folder = join(temporaryFolder(), 'small');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  const path = join(folder, 'users.jsonl');
  await expect(generateDataset({ ...wanted, path })).rejects.toMatchObject({
    code: 'disk-full',
    category: 'io',
    message: `The data file ${path} cannot be written (ENOSPC).`,
  });
  expect(readdirSync(folder)).toEqual([]);
});
