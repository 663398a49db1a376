import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { runChecks } from '../../../src/job/checks/run-checks.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';
import { loadedUsers, specs, usersIn } from './loaded-users.ts';

const names = ['accounting', 'schema', 'unique (id)', 'pattern (email)', 'checksum'];
const all = Object.values(specs);

test('every check of a correct load holds, and is told as soon as it is known', async () => {
  const users = await loadedUsers();
  const told: string[] = [];
  const results = await runChecks({
    target: usersIn(users.databasePath),
    checks: all,
    ledger: users.ledger,
    inputFiles: [users.dataPath],
    onResult: ({ name, status }) => told.push(`${name} ${status}`),
  });
  expect(told).toEqual(names.map((name) => `${name} held`));
  expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual(told);
});

test('a database that is missing fails every check', async () => {
  const databasePath = join(temporaryFolder(), 'users.db');
  const results = await runChecks({ target: usersIn(databasePath), checks: all, inputFiles: [] });
  const failed = {
    status: 'failed',
    expected: 'a database that can be read',
    found: `There is no database at ${databasePath}.`,
  };
  expect(results).toEqual(all.map(({ kind }, index) => ({ kind, name: names[index], ...failed })));
});

test('a file that is no database fails every check', async () => {
  const databasePath = join(temporaryFolder(), 'users.db');
  writeFileSync(databasePath, 'not at all a database, but longer than the header of one; '.repeat(20));
  const results = await runChecks({ target: usersIn(databasePath), checks: all, inputFiles: [] });
  expect(results.map(({ status }) => status)).toEqual(all.map(() => 'failed'));
  expect(results[0]?.found).toBe(
    `${databasePath} is not a SQLite database. SQLite says: file is not a database (SQLITE_NOTADB).`,
  );
});

test('a table that is missing fails every check', async () => {
  const users = await loadedUsers(10);
  users.tamper('DROP TABLE users');
  for (const [index, spec] of all.entries()) {
    expect(await users.check(spec)).toEqual({
      kind: spec.kind,
      name: names[index],
      status: 'failed',
      expected: 'the table users',
      found: `no table of that name in ${users.databasePath}`,
    });
  }
});

test("another program's table in the place of the quarantine fails the check that reads it", async () => {
  const users = await loadedUsers(10);
  users.tamper('DROP TABLE users_quarantine; CREATE TABLE users_quarantine (x)');
  expect(await users.check(specs.accounting)).toMatchObject({
    status: 'failed',
    found: `The database ${users.databasePath} does not hold what was looked for in it. SQLite says: no such column: reason (SQLITE_ERROR).`,
  });
});

test('an input that is gone is an error of its own', async () => {
  const users = await loadedUsers(10);
  rmSync(users.dataPath);
  await expect(users.check(specs.accounting)).rejects.toMatchObject({ category: 'input' });
});

test('every mistake in the checks is told before any runs', async () => {
  const databasePath = join(temporaryFolder(), 'users.db');
  const checks: CheckSpec[] = [
    { kind: 'unique', columns: ['id', 'emial'] },
    { kind: 'pattern', column: 'xyzzyx', matches: '(' },
    { kind: 'schema' },
  ];
  await expect(runChecks({ target: usersIn(databasePath), checks, inputFiles: [] })).rejects.toMatchObject({
    category: 'configuration',
    message: [
      'The check unique (id, emial): there is no column "emial"; did you mean "email"?',
      'The check pattern (xyzzyx): there is no column "xyzzyx"; the columns are: id, name, age, email, salary, city, created_at.',
      'The check pattern (xyzzyx): Invalid regular expression: /(/u: Unterminated group.',
    ].join('\n'),
    hint: 'Correct the checks in the manifest.',
  });
});

test('checking ends when the signal aborts', async () => {
  const users = await loadedUsers(10);
  const controller = new AbortController();
  const onResult = () => controller.abort(new Error('Ctrl-C'));
  const { databasePath, ledger, dataPath } = users;
  await expect(
    runChecks({
      target: usersIn(databasePath),
      checks: all,
      ledger,
      inputFiles: [dataPath],
      signal: controller.signal,
      onResult,
    }),
  ).rejects.toThrow('Ctrl-C');
});
