import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pipSteps } from '../../src/runtime/managed-runtime.ts';
import { repository } from '../support/sparkctl.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** A list of packages, one entry each, with its continued lines. */
const packagesOf = (path: string) =>
  read(path)
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');

describe('what is installed', () => {
  it.each(['requirements.txt', 'spark/requirements-build.txt', 'spark/requirements-dev.txt'])(
    'has its version and its hashes in %s',
    (path) => {
      const packages = packagesOf(path);
      expect(packages.length).toBeGreaterThan(0);
      expect(packages.filter((entry) => !/^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(entry))).toEqual([]);
    },
  );

  it('is built by pinned tools alone: pip makes no environment of its own, and compiles nothing but pyspark', () => {
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

  it('has a decision for each package that wants to run a script at its installation', () => {
    const { packages } = JSON.parse(read('package-lock.json'));
    const wanting = Object.entries<{ hasInstallScript?: boolean; os?: readonly string[] }>(packages)
      // Of a package for another system, such as fsevents, nothing is installed here.
      .filter(([, { hasInstallScript, os }]) => hasInstallScript === true && os === undefined)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    const { allowScripts } = JSON.parse(read('package.json'));
    expect(Object.keys(allowScripts).sort()).toEqual(wanting.sort());
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['better-sqlite3']);
  });
});
