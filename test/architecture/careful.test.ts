import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { pipSteps } from '../../src/spark/managed-runtime.ts';

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

it.each([
  'requirements.txt',
  'spark/requirements-build.txt',
  'spark/requirements-java.txt',
  'spark/requirements-dev.txt',
])('every package in %s is pinned with its hashes', (path) => {
  const packages = read(path)
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  expect(packages.length).toBeGreaterThan(0);
  expect(packages.filter((line) => !/^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(line))).toEqual([]);
});

it('every package that wants to run a script at its installation is decided on, and better-sqlite3 alone may', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  const wanting = Object.entries<{ hasInstallScript?: boolean; os?: readonly string[] }>(packages)
    // Of a package for another system, such as fsevents, nothing is installed here.
    .filter(([, { hasInstallScript, os }]) => hasInstallScript === true && os === undefined)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  const { allowScripts } = JSON.parse(read('package.json'));
  expect(Object.keys(allowScripts).sort()).toEqual(wanting.sort());
  expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['better-sqlite3']);
});

it('pyspark is built by pinned tools: pip makes no environment of its own for it, and builds nothing else', () => {
  const steps = pipSteps();
  expect(steps.map((step) => step.at(-1))).toEqual([
    join(repository, 'spark/requirements-build.txt'),
    join(repository, 'requirements.txt'),
  ]);
  for (const step of steps) {
    expect(step).toContain('--require-hashes');
    expect(step.join(' ')).toContain('--only-binary :all:');
  }
  expect(steps[1]).toContain('--no-build-isolation');
  const dockerfile = read('spark/Dockerfile');
  const installs = dockerfile.replace(/\\\n\s*/g, '').match(/bin\/pip install [^;]*/g) ?? [];
  expect(installs).toHaveLength(2);
  expect(installs[0]).toContain('--only-binary :all: -r /opt/sparkctl/requirements-build.txt');
  expect(installs[1]).toContain('--no-build-isolation -r /opt/sparkctl/requirements.txt');
  expect(dockerfile).toContain('PIP_REQUIRE_HASHES=1');
});

it('no script tests a program that was built before the last change', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
  const testing = Object.entries(scripts).filter(([, script]) => script.includes('vitest run'));
  expect(testing.length).toBeGreaterThan(5);
  expect(testing.filter(([, script]) => !script.startsWith('npm run build && '))).toEqual([]);
});
