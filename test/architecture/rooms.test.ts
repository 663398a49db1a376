import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** The rooms that each room may import. Arrows point down only: a room names those below it and never one above. */
const below: Readonly<Record<string, readonly string[]>> = {
  cli: ['operations', 'system'],
  operations: ['run', 'job', 'cluster', 'spark', 'system'],
  run: ['job', 'cluster', 'spark', 'system'],
  job: ['spark', 'system'],
  cluster: ['spark', 'system'],
  spark: ['system'],
  system: [],
};

/** The one room that may import each foreign package that acts on the world. */
const ownerOf: Readonly<Record<string, string>> = {
  execa: 'system/processes',
  dockerode: 'cluster/docker',
  'better-sqlite3': 'job/targets/sqlite',
  '@faker-js/faker': 'job/datasets',
  commander: 'cli',
};

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Types leave no trace in what runs. */
  readonly typeOnly: boolean;
}

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  return [
    ...text.matchAll(
      /^(?:import|export)\s(?<type>type\s)?[^'`]*?from\s*'(?<from>[^']+)'|\bimport\s*\(?\s*'(?<plain>[^']+)'/gm,
    ),
  ].map(({ groups }) => ({
    file,
    specifier: groups?.['from'] ?? groups?.['plain'] ?? '',
    typeOnly: groups?.['type'] !== undefined,
  }));
});

function roomOf({ file, specifier }: Import): string {
  return relative(source, resolve(source, dirname(file), specifier)).split('/')[0] ?? '';
}

describe('the rooms', () => {
  it('are all in the table', () => {
    const rooms = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...rooms].sort()).toEqual(Object.keys(below).sort());
    expect(imports.length).toBeGreaterThan(500);
  });

  it('import downwards only', () => {
    const upward = imports
      .filter(({ file, specifier }) => specifier.startsWith('.') && file.includes('/'))
      .filter((each) => {
        const [room = ''] = each.file.split('/');
        // The command line shows what operations return, whatever room has its type.
        if (room === 'cli' && each.typeOnly) return false;
        return roomOf(each) !== room && !below[room]?.includes(roomOf(each));
      })
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(upward).toEqual([]);
  });

  it('each own the packages that act on the world', () => {
    const strays = imports
      .filter(({ file, specifier }) => {
        const name = Object.keys(ownerOf).find(
          (each) => specifier === each || specifier.startsWith(`${each}/`),
        );
        return name !== undefined && !file.startsWith(`${ownerOf[name]}/`);
      })
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
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
