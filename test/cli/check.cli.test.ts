import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changePeople, makePeople, peopleManifest } from '../support/people-job.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
beforeEach(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('jobs/load.py', '');
  await project.write('jobs/load.yaml', peopleManifest);
  await makePeople(project, '(1, 30), (2, 40)');
});
afterEach(async () => {
  await project[Symbol.asyncDispose]();
});

const change = (sql: string) => changePeople(project, sql);

const check = (...words: readonly string[]) => sparkctl(['check', ...words], { cwd: project.folder });

describe('check', () => {
  it('shows with an example what it is for', async () => {
    const { stdout, exitCode } = await check('--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Example:\n  sparkctl check jobs/etl.yaml\n');
  });

  it('holds of a table that is right, and makes no run of it', async () => {
    const { stdout, stderr, exitCode } = await check('jobs/load.py');
    expect(stderr).toBe('');
    expect(stdout).toBe(
      `Checks      ✓ schema: matches the manifest
            ✓ accepted_range (age): none of 2 rows breaks it
Database    data/people.db, table people
Result      held
`,
    );
    expect(exitCode).toBe(0);
    expect(readdirSync(project.path('.sparkctl')).sort()).toEqual(['.gitignore', 'checks']);
  });

  it('ends with 65 where a check fails, and keeps the rows until the next one', async () => {
    change('INSERT INTO people VALUES (3, -1), (4, -2), (5, -3), (6, -4)');
    const { stdout, exitCode } = await check('jobs/load.yaml');
    expect(stdout).toBe(
      `Checks      ✓ schema: matches the manifest
            ✗ accepted_range (age): expected every age is at least 0, found in 4 of 6 rows age is not
              id 3: age is -1.
              id 4: age is -2.
              id 5: age is -3.
              All 4 rows: .sparkctl/checks/load/failing-rows-2-accepted_range.jsonl
Database    data/people.db, table people
Result      1 of 2 checks did not hold: accepted_range (age). (exit code 65)
`,
    );
    expect(exitCode).toBe(65);
    const kept = project.path('.sparkctl/checks/load/failing-rows-2-accepted_range.jsonl');
    expect(readFileSync(kept, 'utf8')).toBe(
      '{"id":3,"age":-1}\n{"id":4,"age":-2}\n{"id":5,"age":-3}\n{"id":6,"age":-4}\n',
    );
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    change('DELETE FROM people WHERE age < 0');
    expect((await check('jobs/load.py')).exitCode).toBe(0);
    expect(readdirSync(project.path('.sparkctl/checks/load'))).toEqual([]);
  });

  it('answers programs with JSON', async () => {
    change('INSERT INTO people VALUES (3, -1)');
    await project.write('jobs/load.yaml', peopleManifest.replace('min: 0', 'min: 0, severity: warn'));
    const { stdout, exitCode } = await check('--json', 'jobs/load.py');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      job: 'load',
      state: 'succeeded',
      exitCode: 0,
      database: { path: project.path('data/people.db'), table: 'people', rows: 3 },
      checks: [
        expect.objectContaining({ kind: 'schema', status: 'held' }),
        {
          kind: 'accepted_range',
          name: 'accepted_range (age)',
          status: 'warned',
          expected: 'every age is at least 0',
          found: 'in 1 of 3 rows age is not',
          detail: 'id 3: age is -1.',
          faulty: { rows: 1, file: 'failing-rows-2-accepted_range.jsonl' },
        },
      ],
      folder: project.path('.sparkctl/checks/load'),
    });
    expect((await check('jobs/load.py')).stdout).toContain('Result      held, but 1 check warned\n');
    const strict = await check('--strict', '--json', 'jobs/load.py');
    expect(strict.exitCode).toBe(65);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      state: 'checks-failed',
      cause: 'checks',
      message: '--strict: 1 of 2 checks warned: accepted_range (age).',
    });
  });

  it('compares the table with a file of the project', async () => {
    const equality = (path: string) =>
      `${peopleManifest}  - { kind: equality, path: ${path}, severity: warn }\n`;
    await project.write('golden/people.csv', 'id,age\n1,30\n2,41\n');
    await project.write('jobs/load.yaml', equality('golden/people.csv'));
    const { stdout, exitCode } = await check('jobs/load.py');
    expect(stdout).toContain(
      `! equality: expected the rows of ${project.path('golden/people.csv')}, found 0 missing, 1 changed, 0 unexpected
              Row id 2: age is 40, expected 41.
              The row: .sparkctl/checks/load/failing-rows-3-equality.jsonl
`,
    );
    expect(exitCode).toBe(0);
    await project.write('golden/people.csv', 'id,age\n1,thirty\n');
    const bad = await check('jobs/load.py');
    expect(bad.stderr).toContain('golden/people.csv:2: "thirty" is no value of the integer column age.');
    expect(bad.exitCode).toBe(66);
    for (const [path, problem] of [
      ['golden/none.csv', `the file ${project.path('golden/none.csv')} is not there`],
      ['../people.csv', '"../people.csv" leads out of the project'],
    ] as const) {
      await project.write('jobs/load.yaml', equality(path));
      const { stderr, exitCode: code } = await check('jobs/load.py');
      expect(stderr).toContain(problem);
      expect(code).toBe(78);
    }
  });

  it('writes and removes nothing through a link in the place of its folder', async () => {
    const theirs = await project.write('elsewhere/load/failing-rows-1-schema.jsonl', 'theirs');
    await project.write('.sparkctl/.gitignore', '*\n');
    symlinkSync(project.path('elsewhere'), project.path('.sparkctl/checks'));
    const { stderr, exitCode } = await check('jobs/load.py');
    expect(stderr).toContain(`The folder ${project.path('.sparkctl/checks/load')} cannot be written`);
    expect(exitCode).toBe(73);
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
  });

  it('fails where there is no table, or no database', async () => {
    change('DROP TABLE people');
    const none = await check('jobs/load.py');
    expect(none.stdout).toContain('✗ schema: expected the table people, found no table of that name');
    expect(none.exitCode).toBe(65);
    await project.write('jobs/load.yaml', peopleManifest.replace('people.db', 'nowhere.db'));
    const missing = await check('jobs/load.py');
    expect(missing.stdout).toContain(`found There is no database at ${project.path('data/nowhere.db')}.`);
    expect(missing.exitCode).toBe(65);
  });

  it.each([
    [[], 64, "Missing required argument 'application'."],
    [['jobs/lod.py'], 66, 'The script jobs/lod.py is not there.'],
    [['jobs/bare.py'], 64, 'The job bare has no manifest, so there is nothing to check.'],
    [['jobs/plain.yaml'], 64, 'The job plain has a manifest without checks, so there is nothing to check.'],
    [['jobs/wrong.yaml'], 78, 'unknown key "tolerate"'],
    [['jobs/share.yaml'], 78, '"5 %": it is a number of rows, such as 5, or a percentage, such as 0.1%'],
  ])('%j ends with %i', async (words, code, message) => {
    await project.write('jobs/bare.py', '');
    await project.write(
      'jobs/plain.yaml',
      `script: load.py\n${peopleManifest.slice(0, peopleManifest.indexOf('checks:'))}`,
    );
    await project.write(
      'jobs/wrong.yaml',
      `script: load.py${peopleManifest.replace('kind: schema', 'kind: schema, tolerate: 1')}`,
    );
    await project.write(
      'jobs/truth.yaml',
      `script: load.py${peopleManifest.replace('min: 0', 'min: 0, tolerate: true')}`,
    );
    await project.write(
      'jobs/share.yaml',
      `script: load.py${peopleManifest.replace('min: 0', 'min: 0, tolerate: 5 %')}`,
    );
    const { stderr, exitCode } = await check(...words);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });
});
