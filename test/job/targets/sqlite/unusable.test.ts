import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createDatabase } from '../../../../src/job/targets/sqlite/create-database.ts';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import { explainSqliteError } from '../../../../src/job/targets/sqlite/sqlite-errors.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';
import { withoutRootPower } from '../../datasets/without-root-power.ts';
import { peopleTable } from './people-table.ts';

test('a file that is no database', async () => {
  const path = join(temporaryFolder(), 'people.db');
  writeFileSync(path, 'id;name\n'.repeat(200));
  const failure = {
    code: 'not-a-database',
    category: 'output',
    message: `${path} is not a SQLite database. SQLite says: file is not a database (SQLITE_NOTADB).`,
    hint: 'Choose another path for the database, or move that file away.',
  };
  await expect(createDatabase(path, peopleTable)).rejects.toMatchObject(failure);
  await expect(openDatabase(path)).rejects.toMatchObject(failure);
  expect(readFileSync(path, 'utf8')).toBe('id;name\n'.repeat(200));
});

test('a compiled part of another Node', () => {
  const error = Object.assign(new Error('was compiled against a different Node.js version'), {
    code: 'ERR_DLOPEN_FAILED',
  });
  expect(explainSqliteError(error, '/a.db')).toMatchObject({
    code: 'native-module-unfit',
    exitCode: 69,
    hint: 'Compile it anew in the project that has it: npm rebuild better-sqlite3',
  });
});

test('a folder', async () => {
  const path = temporaryFolder();
  await expect(createDatabase(path, peopleTable)).rejects.toMatchObject({
    category: 'output',
    message: `${path} is a folder or a special file, so that no database can be there.`,
    hint: 'Choose another path for the database.',
  });
  await expect(openDatabase(path)).rejects.toMatchObject({
    category: 'output',
    message: `${path} is a folder or a special file, not a SQLite database.`,
  });
});

test('nothing to read', async () => {
  const path = join(temporaryFolder(), 'deep', 'people.db');
  await expect(openDatabase(path)).rejects.toMatchObject({
    code: 'database-missing',
    category: 'input',
    message: `There is no database at ${path}.`,
    hint: 'Submit the job that makes it, or correct the path.',
  });
});

test('a folder that may not be written, with a database in it or without', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'people.db');
  await createDatabase(path, peopleTable);
  chmodSync(path, 0o666);
  chmodSync(folder, 0o555);
  withoutRootPower();
  for (const file of [join(folder, 'other.db'), join(folder, 'deep', 'other.db')]) {
    await expect(createDatabase(file, peopleTable)).rejects.toMatchObject({
      category: 'permission',
      message: `The database ${file} cannot be written (EACCES).`,
      hint: 'Give yourself write permission there, or choose another path.',
    });
  }
  await expect(createDatabase(path, peopleTable)).rejects.toMatchObject({
    category: 'permission',
    message: `The database ${path} cannot be written. SQLite says: attempt to write a readonly database (SQLITE_READONLY_DIRECTORY).`,
    hint: 'Give yourself permission to write it and its folder, or choose another path.',
  });
  (await openDatabase(path))[Symbol.dispose]();
});

test('a database that may not be written, or not even read', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'people.db');
  await createDatabase(path, peopleTable);
  chmodSync(folder, 0o777);
  chmodSync(path, 0o444);
  withoutRootPower();
  await expect(createDatabase(path, peopleTable)).rejects.toMatchObject({
    category: 'permission',
    message: `The database ${path} cannot be written. SQLite says: attempt to write a readonly database (SQLITE_READONLY).`,
    hint: 'Give yourself permission to write it and its folder, or choose another path.',
  });
  process.seteuid?.(process.getuid?.() ?? 0);
  chmodSync(path, 0);
  withoutRootPower();
  await expect(openDatabase(path)).rejects.toMatchObject({
    category: 'permission',
    message: `The database ${path} cannot be opened. SQLite says: unable to open database file (SQLITE_CANTOPEN).`,
    hint: 'Give yourself permission to read and write it and its folder, or choose another path.',
  });
});

test('a file where a folder should be', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'data'), '');
  const path = join(folder, 'data', 'people.db');
  await expect(createDatabase(path, peopleTable)).rejects.toMatchObject({
    category: 'output',
    message: `The folder ${join(folder, 'data')} of the database cannot be made: a file is in its place.`,
    hint: 'Choose another path for the database.',
  });
});

test('an empty file is an empty database', async () => {
  const path = join(temporaryFolder(), 'people.db');
  writeFileSync(path, '');
  expect(await createDatabase(path, peopleTable)).toBe('table');
});

test('a path that means something else to SQLite is only a path', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'file:memory?mode=memory'));
  const path = join(folder, 'file:memory?mode=memory', ':memory:');
  await createDatabase(path, peopleTable);
  expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3');
});

test('a damaged database is told from a sound one', async () => {
  const path = join(temporaryFolder(), 'people.db');
  const sqlite = new Sqlite(path);
  sqlite.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO t SELECT i, 'text number ' || i FROM n`);
  sqlite.close();
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 3 * 4096, 4 * 4096);
  writeFileSync(path, bytes);
  using database = await openDatabase(path);
  expect(() => [...database.rows('t', ['x'])]).toThrow(
    `The database ${path} is damaged. SQLite says: database disk image is malformed (SQLITE_CORRUPT).`,
  );
  expect(database.integrityProblems(3)).toEqual([
    `The database ${path} is damaged. SQLite says: database disk image is malformed (SQLITE_CORRUPT).`,
  ]);
});
