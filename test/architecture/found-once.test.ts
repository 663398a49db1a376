import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

it('Java, Python and the runtime are looked for by SparkInstallation alone', () => {
  const finders =
    /\b(?:findJava|findOwnJava|makeOwnJava|findPython|findManagedRuntime|makeManagedRuntime|javaTrustStore)\(/;
  const callers = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => finders.test(readFileSync(path, 'utf8').replaceAll(/export async function \w+\(/g, '')))
    .map((path) => relative(source, path));
  expect(callers).toEqual(['spark/installation.ts']);
});
