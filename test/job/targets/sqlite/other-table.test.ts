import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createDatabase } from '../../../../src/job/targets/sqlite/create-database.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';
import { peopleTable } from './people-table.ts';

const hint =
  'Change the manifest to fit the table, choose another table name or database, or, if nobody needs its rows, drop it: DROP TABLE "people";';

async function refusal(sql: string) {
  const path = join(temporaryFolder(), 'people.db');
  const sqlite = new Sqlite(path);
  sqlite.exec(sql);
  sqlite.close();
  const failure = await createDatabase(path, peopleTable).then(
    (made) => made,
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 'other-table', category: 'configuration', hint });
  const [first, ...differences] = (failure as Error).message.split('\n');
  expect(first).toBe(`The table people in ${path} is not the one of the manifest:`);
  return differences;
}

test('every difference is listed', async () => {
  expect(
    await refusal(
      `CREATE TABLE people (id TEXT NOT NULL, name TEXT, height REAL NOT NULL, member INTEGER NOT NULL, extra BLOB, balance REAL)`,
    ),
  ).toEqual([
    '  - the column id is TEXT, not INTEGER',
    '  - the column name lacks NOT NULL',
    '  - the column height is NOT NULL, but may be empty',
    '  - the column joined_at is missing',
    '  - it has another column, extra',
    '  - its primary key is missing, not (id)',
    '  - it is not a STRICT table, so that values of any type can be in it',
  ]);
});

const columns = {
  id: 'id INTEGER NOT NULL',
  name: 'name TEXT NOT NULL',
  height: 'height REAL',
  member: 'member INTEGER NOT NULL',
  balance: 'balance REAL',
  joined: 'joined_at TEXT NOT NULL',
};

test('another order of the columns', async () => {
  const { id, name, ...rest } = columns;
  expect(
    await refusal(
      `CREATE TABLE people (${[name, id, ...Object.values(rest)].join()}, PRIMARY KEY (id)) STRICT`,
    ),
  ).toEqual([
    '  - its columns are in the order name, id, height, member, balance, joined_at, not id, name, height, member, balance, joined_at',
  ]);
});

test('another primary key', async () => {
  expect(
    await refusal(`CREATE TABLE people (${Object.values(columns).join()}, PRIMARY KEY (name, id)) STRICT`),
  ).toEqual(['  - its primary key is (name, id), not (id)']);
});

test('a column without a type, and one that is computed', async () => {
  const { name, ...rest } = columns;
  expect(name).toBeDefined();
  expect(
    await refusal(
      `CREATE TABLE people (${Object.values(rest).join()}, name NOT NULL, twice AS (id * 2), PRIMARY KEY (id))`,
    ),
  ).toEqual([
    '  - the column name is untyped, not TEXT',
    '  - it has another column, twice',
    '  - it is not a STRICT table, so that values of any type can be in it',
  ]);
});

test('a view of that name', async () => {
  expect(await refusal(`CREATE VIEW people AS SELECT 1 AS id`)).toEqual(['  - it is a view, not a table']);
});
