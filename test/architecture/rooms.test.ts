import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, roomOf, source, sourceFiles } from './imports.ts';

/** The rooms that each room may import. Arrows point down only: a room names those below it and never one above. */
const below: Readonly<Record<string, readonly string[]>> = {
  testing: ['operations', 'system'],
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

describe('the rooms', () => {
  it('are all in the table', () => {
    const rooms = new Set(sourceFiles.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...rooms].sort()).toEqual(Object.keys(below).sort());
    expect(importsOf.length).toBeGreaterThan(500);
  });

  it('import downwards only', () => {
    const upward = importsOf
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
    const strays = importsOf
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
    const loud = sourceFiles
      .filter((file) => !file.startsWith('cli/'))
      .filter((file) =>
        /\bconsole\.|process\.exit\(|process\.std(out|err)\.write/.test(
          readFileSync(join(source, file), 'utf8'),
        ),
      );
    expect(loud).toEqual([]);
  });

  it('read the environment and the working folder of the process at the entries alone', () => {
    const readers = sourceFiles
      .filter((file) => !['cli/main.ts', 'index.ts', 'vitest.ts'].includes(file))
      .filter((file) => /\bprocess\.(?:env|cwd)\b/.test(readFileSync(join(source, file), 'utf8')));
    expect(readers).toEqual([]);
  });
});
