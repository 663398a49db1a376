import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode, wrapWriteError } from '../../../system/errors/system-error.ts';
import type { TableSpec } from '../table-spec.ts';
import type { PreparedPart } from '../target.ts';
import { type BusyOptions, isLocked, whenUnlocked } from './sqlite-errors.ts';
import { createTableStatement, quoteIdentifier, readTableInfo, tableDifferences } from './table.ts';

/**
 * Makes sure that there is a writable database at a path with exactly this table in it. A table of that name which
 * differs is an error that lists the differences: its rows are not sparkctl's to throw away.
 */
export async function createDatabase(
  path: string,
  table: TableSpec,
  options: BusyOptions = {},
): Promise<PreparedPart> {
  // An absolute path cannot be mistaken for one of SQLite's special names, such as `:memory:` or `file:`.
  const absolute = resolve(path);
  const madeFile = makeDatabaseFile(absolute);
  try {
    const madeTable = await whenUnlocked(absolute, () => createTable(absolute, table), options);
    return madeFile ? 'database' : madeTable ? 'table' : 'nothing';
  } catch (error) {
    // Whatever else is in the file by now was put there by another process.
    if (madeFile && statSync(absolute).size === 0) rmSync(absolute);
    throw error;
  }
}

function createTable(path: string, table: TableSpec): boolean {
  const database = new Sqlite(path, { fileMustExist: true, timeout: 0 });
  try {
    if (isThere(database, path, table)) {
      assertWritable(database);
      return false;
    }
    database.exec('BEGIN IMMEDIATE');
    // Another process may have been faster between the look and the lock.
    if (isThere(database, path, table)) return false;
    execute(database, path, table);
    database.exec('COMMIT');
    return true;
  } finally {
    // Closing also rolls back what was begun.
    database.close();
  }
}

/**
 * Asked by writing, into a transaction that closing rolls back: permission bits know nothing of read-only mounts, and
 * SQLite also needs to put its journal into the folder. That another process is writing right now shows that one may.
 */
function assertWritable(database: Sqlite.Database): void {
  try {
    database.exec('BEGIN IMMEDIATE');
    database.pragma(`user_version = ${database.pragma('user_version', { simple: true })}`);
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}

function execute(database: Sqlite.Database, path: string, table: TableSpec): void {
  try {
    database.exec(createTableStatement(table));
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError) || error.code !== 'SQLITE_ERROR') throw error;
    throw new SparkctlError({
      code: 'bad-table',
      category: 'configuration',
      message: `The table ${table.name} cannot be created in ${path}. SQLite says: ${error.message}.`,
      hint: 'Change the name, the columns or the primary key of the table in the manifest.',
      details: { path, table: table.name },
      cause: error,
    });
  }
}

function isThere(database: Sqlite.Database, path: string, table: TableSpec): boolean {
  const found = readTableInfo(database, table.name);
  if (found === undefined) return false;
  const differences = tableDifferences(table, found);
  if (differences.length === 0) return true;
  const list = differences.map((difference) => `  - ${difference}`).join('\n');
  throw new SparkctlError({
    code: 'other-table',
    category: 'configuration',
    message: `The table ${table.name} in ${path} is not the one of the manifest:\n${list}`,
    hint: `Change the manifest to fit the table, choose another table name or database, or, if nobody needs its rows, drop it: DROP TABLE ${quoteIdentifier(table.name)};`,
    details: { path, table: table.name, differences },
  });
}

/** A container writes as another user of the same group, so that the group may write what is made here, and nobody else. */
const folderMode = 0o770;
const fileMode = 0o660;

/**
 * Makes an empty file, which is an empty database, with the right mode from its first moment, and the folders above
 * it. False when a file was there. That one is never opened here: closing it again would drop the locks that other
 * connections of this process hold on it (a trap of POSIX locks).
 */
function makeDatabaseFile(path: string): boolean {
  try {
    makeFolder(path, dirname(path));
    if (makeFile(path)) return true;
    if (!statSync(path).isFile()) {
      throw inTheWay(path, `${path} is a folder or a special file, so that no database can be there.`);
    }
    return false;
  } catch (error) {
    throw wrapWriteError(error, `The database ${path}`);
  }
}

function makeFile(path: string): boolean {
  try {
    const file = openSync(path, 'wx', fileMode);
    fchmodSync(file, fileMode);
    closeSync(file);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function makeFolder(path: string, folder: string): void {
  try {
    const first = mkdirSync(folder, { recursive: true, mode: folderMode });
    if (first === undefined) return;
    // The process's umask took bits away from all that were made, from `first` down to `folder`.
    for (let made = folder; made.length >= first.length; made = dirname(made)) chmodSync(made, folderMode);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST', 'ENOTDIR')) throw error;
    throw inTheWay(path, `The folder ${folder} of the database cannot be made: a file is in its place.`);
  }
}

function inTheWay(path: string, message: string): SparkctlError {
  return new SparkctlError({
    code: 'not-a-database',
    category: 'output',
    message,
    hint: 'Choose another path for the database.',
    details: { path },
  });
}
