import { rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { TableSpec } from '../table-spec.ts';
import { createTableStatement } from './create-table-statement.ts';
import { isLocked } from './explain-sqlite-error.ts';
import { makeDatabaseFile } from './make-database-file.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { tableDifferences } from './table-differences.ts';
import { readTableInfo } from './table-info.ts';
import { type BusyOptions, whenUnlocked } from './when-unlocked.ts';

/** What was made: the whole database, only the table in one that was there, or nothing because all was as it should be. */
export type CreatedPart = 'database' | 'table' | 'nothing';

/**
 * Makes sure that there is a writable database at a path with exactly this table in it. A table of that name which
 * differs is an error that lists the differences: its rows are not sparkctl's to throw away.
 */
export async function createDatabase(
  path: string,
  table: TableSpec,
  options: BusyOptions = {},
): Promise<CreatedPart> {
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
