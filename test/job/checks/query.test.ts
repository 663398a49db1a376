import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadedUsers } from './loaded-users.ts';

const query = (sql: string) => ({ kind: 'query', name: 'as it should be', sql }) as const;
const always = { kind: 'query', name: 'query (as it should be)', expected: 'a query that finds no row' };

test('a query that finds nothing holds', async () => {
  const users = await loadedUsers(10);
  expect(await users.check(query('SELECT * FROM users WHERE age < 0'))).toEqual({
    ...always,
    status: 'held',
    found: 'none',
  });
});

test('a query that finds something fails and shows the first rows, with exact integers', async () => {
  const users = await loadedUsers(10);
  const sql = `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5)
    SELECT i + 9007199254740992 AS big, 'x' || i AS "the name" FROM n`;
  expect(await users.check(query(sql))).toEqual({
    ...always,
    status: 'failed',
    found: '5 rows',
    detail:
      'big 9007199254740993, the name "x1".\nbig 9007199254740994, the name "x2".\nbig 9007199254740995, the name "x3".',
    faulty: { rows: 5 },
  });
});

test.each([
  ['DELETE FROM users', 'it returns no rows'],
  ['SELECT 1; DELETE FROM users', 'The supplied SQL string contains more than one statement'],
  ["ATTACH 'other.db' AS other", 'it returns no rows'],
])('%s is no query, and does nothing', async (sql, problem) => {
  const users = await loadedUsers(10);
  expect(await users.check(query(sql))).toMatchObject({
    status: 'failed',
    found: `The query cannot be asked of ${users.databasePath}: ${problem}.`,
  });
  expect(await users.check(query('SELECT 1 WHERE (SELECT count(*) FROM users) = 0'))).toMatchObject({
    status: 'held',
  });
  expect(existsSync('other.db')).toBe(false);
});

test('a query that would write while it reads is refused', async () => {
  const users = await loadedUsers(10);
  expect(await users.check(query('DELETE FROM users RETURNING id'))).toMatchObject({
    status: 'failed',
    found: `The query cannot be asked of ${users.databasePath}: it would change the database.`,
  });
});

test('a query with a mistake says what SQLite says', async () => {
  const users = await loadedUsers(10);
  expect(await users.check(query('SELECT nonsense FROM users'))).toMatchObject({
    status: 'failed',
    found: `The database ${users.databasePath} does not hold what was looked for in it. SQLite says: no such column: nonsense (SQLITE_ERROR).`,
  });
});
