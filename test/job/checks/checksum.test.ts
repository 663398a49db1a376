import { expect, test } from 'vitest';
import { loadedUsers, specs } from './loaded-users.ts';

test('the rows of the ledger hold, in whatever order', async () => {
  const users = await loadedUsers();
  const rows = `303 rows with checksum ${users.ledger.checksum}`;
  const held = { kind: 'checksum', name: 'checksum', status: 'held', expected: rows, found: rows };
  expect(await users.check(specs.checksum)).toEqual(held);
  users.tamper(`CREATE TABLE other (city TEXT, salary REAL, id INTEGER, email TEXT, name TEXT, age INTEGER, created_at TEXT);
    INSERT INTO other SELECT city, salary, id, email, name, age, created_at FROM users ORDER BY salary; DROP TABLE users; ALTER TABLE other RENAME TO users`);
  expect(await users.check(specs.checksum)).toEqual(held);
});

test.each<[string, string, string | RegExp, number]>([
  [
    'a changed number',
    'UPDATE users SET age = age + 100 WHERE id = 7',
    /^Row id 7: age is 1\d\d, expected \d\d\.$/,
    303,
  ],
  [
    'a rounded real',
    'UPDATE users SET salary = salary + 1e-9 WHERE id = 7',
    /^Row id 7: salary is \S+, expected \S+\.$/,
    303,
  ],
  [
    'a changed text',
    `UPDATE users SET city = city || ' ', name = '' WHERE id = 7`,
    /^Row id 7: name is "", expected "[^"]+"; city is "[^"]+ ", expected "[^"]+"\.$/,
    303,
  ],
  [
    'values that changed rows',
    'CREATE TEMP TABLE two AS SELECT * FROM users WHERE id IN (3, 4); UPDATE users SET email = (SELECT email FROM two WHERE two.id = 7 - users.id) WHERE id IN (3, 4)',
    /^Row id 3: email is "\S+4@.*\nRow id 4: email is "\S+3@.*$/,
    303,
  ],
  ['a deleted row', 'DELETE FROM users WHERE id = 7', 'Row id 7: it is missing.', 302],
  [
    'a row too many',
    `INSERT INTO users VALUES (100000, 'a', 1, 'a@b.cc', 1, 'c', 'd')`,
    'Row id 100000: it is not expected.',
    304,
  ],
  [
    'a key below zero',
    `INSERT INTO users VALUES (-1, 'a', 1, 'a@b.cc', 1, 'c', 'd')`,
    'Row id -1: it is not expected.',
    304,
  ],
  [
    'another key',
    'UPDATE users SET id = 100000 WHERE id = 7',
    'Row id 7: it is missing.\nRow id 100000: it is not expected.',
    303,
  ],
  [
    'many',
    'DELETE FROM users',
    'Row id 2: it is missing.\nRow id 3: it is missing.\nRow id 4: it is missing.',
    0,
  ],
  [
    'a row that is there twice',
    `CREATE TABLE other AS SELECT * FROM users UNION ALL SELECT * FROM users WHERE id = 7; DROP TABLE users; ALTER TABLE other RENAME TO users`,
    'Row id 7: it is there 2 times.',
    304,
  ],
  [
    'values that are gone',
    `CREATE TABLE other (id, name, age, email, salary, city, created_at); INSERT INTO other SELECT id, name, age, email, NULL, city, created_at FROM users;
      DROP TABLE users; ALTER TABLE other RENAME TO users`,
    /^Row id 2: salary is empty, expected \S+\.\nRow id 3: .*\nRow id 4: .*$/,
    303,
  ],
])('%s', async (_what, sql, detail, rows) => {
  const users = await loadedUsers();
  users.tamper(sql);
  const result = await users.check(specs.checksum);
  expect(result).toMatchObject({
    kind: 'checksum',
    status: 'failed',
    expected: `303 rows with checksum ${users.ledger.checksum}`,
    found: expect.stringMatching(new RegExp(`^${rows} rows with checksum [0-9a-f]{24}$`)),
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  });
});

test('without a ledger the rows are those that the run recorded', async () => {
  const users = await loadedUsers();
  const rows = `303 rows with checksum ${users.ledger.checksum}`;
  expect(await users.check(specs.checksum, { ledger: undefined })).toEqual({
    kind: 'checksum',
    name: 'checksum',
    status: 'held',
    expected: rows,
    found: rows,
  });
  users.tamper('UPDATE users SET age = age + 1 WHERE id = 7');
  expect(await users.check(specs.checksum, { ledger: undefined })).toMatchObject({
    status: 'failed',
    expected: rows,
    detail: 'The rows are not those that the run run-1 has committed: something has changed them since.',
  });
});

test.each([
  'UPDATE sparkctl_runs SET checksum = NULL',
  'ALTER TABLE sparkctl_runs DROP COLUMN checksum',
  'DROP TABLE sparkctl_runs',
])('where nothing says which rows must be there it is skipped: %s', async (sql) => {
  const users = await loadedUsers();
  users.tamper(sql);
  expect(await users.check(specs.checksum, { ledger: undefined })).toEqual({
    kind: 'checksum',
    name: 'checksum',
    status: 'skipped',
    expected: 'the rows that were committed',
    found: 'not compared',
    detail:
      'The input has no ledger, because sparkctl did not generate it, and the job recorded no checksum: nothing says which rows must be there.',
  });
});

test('a table to which a run only appended is skipped', async () => {
  const users = await loadedUsers();
  users.tamper(`UPDATE sparkctl_runs SET mode = 'append'`);
  expect(await users.check(specs.checksum)).toMatchObject({
    status: 'skipped',
    detail: 'The run run-1 wrote with mode append: the table may hold rows of other runs too.',
  });
});

test('a column that is missing', async () => {
  const users = await loadedUsers();
  users.tamper('ALTER TABLE users DROP COLUMN city');
  expect(await users.check(specs.checksum)).toMatchObject({ status: 'failed', found: 'no column city' });
});

test('data of another generator is compared, but not explained', async () => {
  const users = await loadedUsers();
  users.tamper('DELETE FROM users WHERE id = 7');
  const result = await users.check(specs.checksum, { ledger: { ...users.ledger, generator: 'users 0' } });
  expect(result).toMatchObject({ status: 'failed' });
  expect(result.detail).toBeUndefined();
});
