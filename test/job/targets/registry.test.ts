import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { kindOf, resolvedTarget } from '../../../src/job/targets/registry.ts';
import { compiledSources } from '../datasets/compiled-sources.ts';
import { peopleTable } from './sqlite/people-table.ts';

const target = { kind: 'database', path: '/project/data/people.db', table: peopleTable } as const;

it('a target in a record is held to the settings of its kind', () => {
  expect(resolvedTarget.parse(target)).toEqual(target);
  for (const [wrong, message] of [
    [{ ...target, path: 'people.db' }, 'it is not an absolute path'],
    [{ ...target, table: { ...peopleTable, name: 'x"; DROP TABLE y' } }, 'a name is a letter or _'],
    [{ ...target, kind: 'elsewhere' }, 'database'],
  ] as const) {
    expect(resolvedTarget.safeParse(wrong).error?.message).toContain(message);
  }
});

it('a target writes its companions too, and is the first of its files', () => {
  expect(kindOf(target).writes(target)).toEqual(
    ['', '-journal', '-wal', '-shm'].map((ending) => `${target.path}${ending}`),
  );
});

it('naming targets and reading manifests loads no native module', { timeout: 60_000 }, () => {
  const program = `
    await import(process.argv[1] + 'job/resolve-job.js');
    await import(process.argv[1] + 'job/checks/registry.js');
    const loaded = () => process.report.getReport().sharedObjects.some((path) => path.includes('better_sqlite3'));
    const before = loaded();
    await import(process.argv[1] + 'job/targets/sqlite/query-problem.js').then(({ queryProblem }) => queryProblem('SELECT 1', ${JSON.stringify(peopleTable)}));
    console.log(JSON.stringify({ before, after: loaded() }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program, compiledSources()], {
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual({ before: false, after: true });
});
