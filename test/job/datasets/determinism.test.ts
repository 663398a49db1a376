import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { temporaryFolder } from './temporary-folder.ts';

const defects = {
  emailInvalidCharacters: 0.2,
  emailSpaces: 0.2,
  emailCapitals: 0.2,
  emailMissing: 0.05,
  emailBroken: 0.05,
  brokenJson: 0.05,
  wrongType: 0.05,
  duplicateId: 0.05,
};

async function bytesOf(seed: number, rows = 2000, rates: Record<string, number> = defects): Promise<Buffer> {
  const path = join(temporaryFolder(), 'users.jsonl');
  await generateDataset({ dataset: 'users', seed, rows, defects: rates, path });
  return readFileSync(path);
}

test('a seed has the bytes that it always had', async () => {
  const path = join(temporaryFolder(), 'users.jsonl');
  const { ledger } = await generateDataset({ dataset: 'users', seed: 42, rows: 2000, defects, path });
  // When the generator is changed on purpose: raise its version in users.ts, then write down what it gives now.
  expect({ ...ledger.file, generator: ledger.generator, checksum: ledger.checksum }).toEqual({
    generator: 'users 2, faker 10.6.0',
    bytes: 330_405,
    sha256: '257078039d72fb89ed5e75dd56a7fb97ebab7044fa59b653f79af2d698843e4d',
    checksum: 'ede8061ebcc95dd02699e4c6',
  });
});

test('the same seed gives the same bytes, in another time zone and locale too', async () => {
  const first = await bytesOf(7);
  const { TZ, LANG, LC_ALL } = process.env;
  onTestFinished(() => {
    Object.assign(process.env, { TZ: TZ ?? 'UTC', LANG: LANG ?? 'C', LC_ALL: LC_ALL ?? 'C' });
  });
  Object.assign(process.env, { TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  expect((await bytesOf(7)).equals(first)).toBe(true);
});

test('two files that are generated at the same time do not disturb each other', async () => {
  const [first, second] = await Promise.all([bytesOf(1), bytesOf(2)]);
  expect((await bytesOf(1)).equals(first)).toBe(true);
  expect((await bytesOf(2)).equals(second)).toBe(true);
});

test('another seed gives other bytes, also where it differs beyond 32 bits only', async () => {
  const first = await bytesOf(5);
  expect((await bytesOf(6)).equals(first)).toBe(false);
  expect((await bytesOf(5 + 2 ** 32)).equals(first)).toBe(false);
});

test('fewer rows are the beginning of more rows', async () => {
  const many = await bytesOf(3, 1500);
  const few = await bytesOf(3, 700);
  expect(many.subarray(0, few.length).equals(few)).toBe(true);
});

test('a defect changes the rows that it strikes and no other', async () => {
  const clean = (await bytesOf(9, 1000, {})).toString('utf8').split('\n');
  const soiled = (await bytesOf(9, 1000, { emailCapitals: 0.3 })).toString('utf8').split('\n');
  const changed = soiled.filter((line, index) => line !== clean[index]);
  expect(changed.length).toBeGreaterThan(200);
  expect(changed.length).toBeLessThan(400);
  expect(soiled.map((line) => line.toLowerCase())).toEqual(clean.map((line) => line.toLowerCase()));
});
