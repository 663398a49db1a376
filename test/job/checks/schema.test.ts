import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadedUsers, specs, usersIn, usersTable } from './loaded-users.ts';

const expected = '7 typed columns, primary key (id), a sound database';

test('the table of the manifest holds', async () => {
  const users = await loadedUsers(50);
  expect(await users.check(specs.schema)).toEqual({
    kind: 'schema',
    name: 'schema',
    status: 'held',
    expected,
    found: 'matches the manifest',
  });
});

test.each([
  [
    'another column',
    'ALTER TABLE users ADD COLUMN more TEXT',
    'a table that differs in 1 point',
    ['it has another column, more.'],
  ],
  [
    'a missing column',
    'ALTER TABLE users DROP COLUMN city',
    'a table that differs in 1 point',
    ['the column city is missing.'],
  ],
  [
    'a renamed column',
    'ALTER TABLE users RENAME COLUMN city TO town',
    'a table that differs in 2 points',
    ['the column city is missing.', 'it has another column, town.'],
  ],
  [
    'a table without types',
    'CREATE TABLE other AS SELECT * FROM users; DROP TABLE users; ALTER TABLE other RENAME TO users',
    'a table that differs in 11 points',
    [
      'the column id is INT, not INTEGER.',
      'the column id lacks NOT NULL.',
      'the column name lacks NOT NULL.',
      'the column age is INT, not INTEGER.',
      'the column age lacks NOT NULL.',
      'the column email lacks NOT NULL.',
      'the column salary lacks NOT NULL.',
      'the column city lacks NOT NULL.',
      'the column created_at lacks NOT NULL.',
      'its primary key is missing, not (id).',
      'it is not a STRICT table, so that values of any type can be in it.',
    ],
  ],
])('%s', async (_what, sql, found, details) => {
  const users = await loadedUsers(50);
  users.tamper(sql);
  expect(await users.check(specs.schema)).toMatchObject({
    status: 'failed',
    expected,
    found,
    detail: details.map((detail) => `The table users: ${detail}`).join('\n'),
  });
});

test('a manifest that says something else', async () => {
  const users = await loadedUsers(50);
  const columns = usersTable.columns.map((column) =>
    column.name === 'salary' ? { name: 'salary', type: 'text' as const, nullable: true } : column,
  );
  const table = { ...usersTable, primaryKey: ['email'], columns };
  const target = { ...usersIn(users.databasePath), table };
  expect(await users.check(specs.schema, { target })).toMatchObject({
    status: 'failed',
    found: 'a table that differs in 3 points',
    detail: [
      'The table users: the column salary is REAL, not TEXT.',
      'The table users: the column salary is NOT NULL, but may be empty.',
      'The table users: its primary key is (id), not (email).',
    ].join('\n'),
  });
});

test('a damaged database', async () => {
  const users = await loadedUsers(400);
  users.tamper('CREATE INDEX cities ON users (city)');
  const bytes = readFileSync(users.databasePath);
  bytes.fill(0x5a, bytes.length - 3 * 4096);
  writeFileSync(users.databasePath, bytes);
  const result = await users.check(specs.schema);
  expect(result).toMatchObject({ status: 'failed', expected, found: 'a damaged database' });
  expect(result.detail).toMatch(/^SQLite says: /);
});
