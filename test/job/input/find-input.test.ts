import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findInput } from '../../../src/job/input/find-input.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

interface Paths {
  readonly files: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly reads: Readonly<Record<string, readonly string[]>>;
  readonly missing: readonly string[];
  readonly unfit: readonly string[];
}

/** The cases that spark/tests holds Spark itself to. */
const paths: Paths = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../spark/tests/input_paths.json'), 'utf8'),
);

function tree(): string {
  const base = temporaryFolder();
  const put = (path: string) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    return join(base, path);
  };
  for (const path of paths.files) writeFileSync(put(path), 'x\n');
  for (const [path, target] of Object.entries(paths.links)) symlinkSync(join(base, target), put(path));
  for (const path of paths.folders) mkdirSync(put(path));
  return base;
}

let base: string;

beforeEach(() => {
  base = tree();
});

test.each(Object.entries(paths.reads))('%s', async (path, files) => {
  const found = await findInput(`${base}/${path}`);
  expect(found.map((file) => relative(base, file)).sort()).toEqual([...files].sort());
});

test.each(paths.missing)('%s is not there', async (path) => {
  await expect(findInput(`${base}/${path}`, 'job.yaml')).rejects.toMatchObject({
    code: 'input-missing',
    exitCode: 66,
    hint: 'Put it there, or change input.path in job.yaml.',
  });
});

test.each(paths.unfit)('%s is no pattern', async (path) => {
  await expect(findInput(`${base}/${path}`)).rejects.toMatchObject({ code: 'bad-pattern', exitCode: 66 });
});

test('a name that is there is itself, also where it looks like a pattern', async () => {
  expect(await findInput(`${base}/glob/a[1.txt`)).toEqual([`${base}/glob/a[1.txt`]);
});

test('a hidden file that is named is an input', async () => {
  expect(await findInput(`${base}/flat/_b.txt`)).toEqual([`${base}/flat/_b.txt`]);
});

test('links in a circle end', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'k=1'));
  writeFileSync(join(folder, 'k=1', 'a.txt'), '');
  symlinkSync(folder, join(folder, 'k=1', 'up'));
  symlinkSync(folder, join(folder, 'again'));
  expect(await findInput(folder)).toEqual([join(folder, 'k=1', 'a.txt')]);
});

test('a pattern does not lead upwards by way of its braces', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'project'));
  writeFileSync(join(folder, 'secret.txt'), '');
  await expect(findInput(`${folder}/project/{x/../..,y/z/..}/secret.txt`)).rejects.toMatchObject({
    code: 'input-missing',
  });
});

test('a pattern with more alternatives than can be written by hand is refused', async () => {
  await expect(findInput(`${base}/${'{a/b,c/d}'.repeat(40)}`)).rejects.toMatchObject({
    message: expect.stringContaining('it has too many alternatives'),
  });
});

test('an input that is gone meanwhile is an input that is not there', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.txt'), '');
  expect(await findInput(`${folder}/*.txt`)).toHaveLength(1);
  rmSync(folder, { recursive: true });
  await expect(findInput(`${folder}/*.txt`)).rejects.toMatchObject({ exitCode: 66 });
});
