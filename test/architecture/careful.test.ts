import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

it('no program is started through a shell', () => {
  const shells =
    /shell:\s*(?:true|['"])|['"](?:ba|z|da)?sh['"]|\bexecSync?\(|node:child_process|child_process/;
  const found = readdirSync(join(repository, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => shells.test(readFileSync(path, 'utf8').replaceAll(/database\.exec\(/g, '')));
  expect(found).toEqual([]);
});

it('every npm package is locked with a hash, and none names where it came from', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Readonly<Record<string, { readonly integrity?: string; readonly resolved?: string }>>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

it.each(['requirements.txt', 'spark/requirements-dev.txt'])(
  'every package in %s is pinned with its hashes',
  (path) => {
    const packages = read(path)
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
    expect(packages.length).toBeGreaterThan(3);
    expect(packages.filter((line) => !/^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(line))).toEqual([]);
  },
);

it('install scripts run for better-sqlite3 alone', () => {
  const { allowScripts } = JSON.parse(read('package.json'));
  expect(Object.entries(allowScripts).filter(([, allowed]) => allowed)).toEqual([['better-sqlite3', true]]);
});

it('no script tests a program that was built before the last change', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
  const testing = Object.entries(scripts).filter(([, script]) => script.includes('vitest run'));
  expect(testing.length).toBeGreaterThan(5);
  expect(testing.filter(([, script]) => !script.startsWith('npm run build && '))).toEqual([]);
});
