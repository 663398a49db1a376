import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../../../src/job/targets/sqlite/create-database.ts';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import type { TableSpec } from '../../../../src/job/targets/table-spec.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';
import { peopleTable } from './people-table.ts';

test('a database, its folders and a strict table are made, once', async () => {
  const path = join(temporaryFolder(), 'deep', 'er', 'people.db');
  expect(await createDatabase(path, peopleTable)).toBe('database');
  expect(await createDatabase(path, peopleTable)).toBe('nothing');
  expect(await createDatabase(path, { ...peopleTable, name: 'more' })).toBe('table');
  using database = await openDatabase(path);
  expect(database.tableInfo('people')).toEqual({
    columns: [
      { name: 'id', type: 'INTEGER', notNull: true },
      { name: 'name', type: 'TEXT', notNull: true },
      { name: 'height', type: 'REAL', notNull: false },
      { name: 'member', type: 'INTEGER', notNull: true },
      { name: 'balance', type: 'REAL', notNull: false },
      { name: 'joined_at', type: 'TEXT', notNull: true },
    ],
    primaryKey: ['id'],
    strict: true,
    kind: 'table',
  });
  expect(database.integrityProblems(3)).toEqual([]);
});

test('the table refuses a value of another type, an empty one and a key that is there already', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  using database = asDisposable(new Sqlite(path));
  const insert = database.sqlite.prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)');
  insert.run(1, 'Zoë', 1.7, 1, '10.50', '2026-01-31T23:59:59.000Z');
  expect(() => insert.run(2, 'Zoë', 'tall', 1, null, '')).toThrow('cannot store TEXT value in REAL column');
  expect(() => insert.run(2, null, null, 1, null, '')).toThrow('NOT NULL constraint failed: people.name');
  expect(() => insert.run(1, 'Ida', null, 1, null, '')).toThrow('UNIQUE constraint failed: people.id');
});

test('rows stay where they are', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  using writer = asDisposable(new Sqlite(path));
  writer.sqlite.exec(`INSERT INTO people VALUES (1, 'Zoë', NULL, 1, NULL, '2026-01-31T23:59:59.000Z')`);
  expect(await createDatabase(path, peopleTable)).toBe('nothing');
  using database = await openDatabase(path);
  expect(database.count('people')).toBe(1);
});

test('a key of several columns keeps its order', async () => {
  const path = join(temporaryFolder(), 'people.db');
  const table: TableSpec = { ...peopleTable, primaryKey: ['name', 'id'] };
  expect(await createDatabase(path, table)).toBe('database');
  expect(await createDatabase(path, table)).toBe('nothing');
  using database = await openDatabase(path);
  expect(database.tableInfo('people')?.primaryKey).toEqual(['name', 'id']);
});

test('the group may write what is made, whatever the umask, and what was there keeps its mode', async () => {
  const folder = join(temporaryFolder(), 'mine');
  mkdirSync(folder, { mode: 0o755 });
  const before = statSync(folder).mode;
  const umask = process.umask(0o077);
  onTestFinished(() => {
    process.umask(umask);
  });
  const path = join(folder, 'a', 'b', 'people.db');
  await createDatabase(path, peopleTable);
  const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
  expect([path, dirname(path), join(folder, 'a')].map(modeOf)).toEqual(['660', '770', '770']);
  expect(statSync(folder).mode).toBe(before);
});

test('two at the same time make one table', async () => {
  const path = join(temporaryFolder(), 'people.db');
  const made = await Promise.all([createDatabase(path, peopleTable), createDatabase(path, peopleTable)]);
  expect(made.sort()).toEqual(['database', 'nothing']);
});

test('a table that SQLite cannot make is a mistake in the manifest, and leaves no file', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await expect(createDatabase(path, { ...peopleTable, name: 'sqlite_people' })).rejects.toMatchObject({
    category: 'configuration',
    message: `The table sqlite_people cannot be created in ${path}. SQLite says: object name reserved for internal use: sqlite_people.`,
    hint: 'Change the name, the columns or the primary key of the table in the manifest.',
  });
  expect(() => statSync(path)).toThrow('ENOENT');
});

function asDisposable(sqlite: Sqlite.Database) {
  return { sqlite, [Symbol.dispose]: () => void sqlite.close() };
}
