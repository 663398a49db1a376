import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** Which rooms each room may import. Arrows point down only: a room names those below it and never one above. */
const below: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'operations',
    'submit',
    'cluster',
    'runs',
    'report',
    'runtime',
    'config',
    'files',
    'events',
    'errors',
  ],
  operations: [
    'submit',
    'cluster',
    'datasets',
    'database',
    'checks',
    'input',
    'runs',
    'report',
    'runtime',
    'locks',
    'config',
    'process',
    'files',
    'events',
    'errors',
  ],
  submit: ['config', 'errors'],
  cluster: ['runtime', 'locks', 'config', 'process', 'files', 'events', 'errors'],
  checks: ['datasets', 'database', 'input', 'config', 'errors'],
  input: ['config', 'files', 'errors'],
  datasets: ['config', 'files', 'errors'],
  database: ['config', 'process', 'errors'],
  runs: ['files', 'process', 'errors'],
  report: ['runs'],
  runtime: ['process', 'files', 'events', 'errors'],
  locks: ['process', 'files', 'events', 'errors'],
  config: ['files', 'errors'],
  process: ['files', 'errors'],
  files: ['errors'],
  events: [],
  errors: [],
};

/** The one room that may import each foreign package that acts on the world. */
const ownerOf: Readonly<Record<string, string>> = {
  execa: 'process',
  dockerode: 'cluster/docker',
  'better-sqlite3': 'database',
  yaml: 'config',
  '@faker-js/faker': 'datasets',
  commander: 'cli',
};

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('the rooms', () => {
  it('are all in the table', () => {
    const rooms = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...rooms].sort()).toEqual(
      Object.keys(below)
        .filter((room) => rooms.has(room))
        .sort(),
    );
    expect(rooms.size).toBeGreaterThan(10);
  });

  it('import downwards only', () => {
    const upward = files.flatMap((file) => {
      const room = file.split('/')[0] ?? '';
      return importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(source, resolve(source, dirname(file), specifier)).split('/')[0] ?? '')
        .filter((target) => file.includes('/') && target !== room && !below[room]?.includes(target))
        .map((target) => `${file} imports ${target}`);
    });
    expect(upward).toEqual([]);
  });

  it('each own the packages that act on the world', () => {
    const strays = files.flatMap((file) =>
      importsOf(file)
        .filter(
          (specifier) =>
            specifier in ownerOf || Object.keys(ownerOf).some((name) => specifier.startsWith(`${name}/`)),
        )
        .filter((specifier) => {
          const name =
            Object.keys(ownerOf).find((each) => specifier === each || specifier.startsWith(`${each}/`)) ?? '';
          return !file.startsWith(`${ownerOf[name]}/`);
        })
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(strays).toEqual([]);
  });

  it('never print or exit outside cli', () => {
    const loud = files
      .filter((file) => !file.startsWith('cli/'))
      .filter((file) =>
        /\bconsole\.|process\.exit\(|process\.std(out|err)\.write/.test(
          readFileSync(join(source, file), 'utf8'),
        ),
      );
    expect(loud).toEqual([]);
  });
});
