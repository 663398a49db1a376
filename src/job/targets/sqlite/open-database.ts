import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';
import { Connection } from './connection.ts';
import { DatabaseReader } from './database-reader.ts';
import { type BusyOptions, whenUnlocked } from './sqlite-errors.ts';

const cacheKib = 8192;

/** Opens a database for reading. Nothing is ever written to it, except that a commit cut short by a crash is undone. */
export async function openDatabase(path: string, options: BusyOptions = {}): Promise<DatabaseReader> {
  // An absolute path cannot be mistaken for one of SQLite's special names, such as `:memory:` or `file:`.
  const absolute = resolve(path);
  assertFile(absolute);
  return await whenUnlocked(
    absolute,
    () => new DatabaseReader(new Connection(absolute, connect(absolute))),
    options,
  );
}

function assertFile(path: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new SparkctlError({
      code: 'database-missing',
      category: 'input',
      message: `There is no database at ${path}.`,
      hint: 'Submit the job that makes it, or correct the path.',
      details: { path },
    });
  }
  if (isFile) return;
  throw new SparkctlError({
    code: 'not-a-database',
    category: 'output',
    message: `${path} is a folder or a special file, not a SQLite database.`,
    hint: 'Choose another path for the database.',
    details: { path },
  });
}

function connect(path: string): Sqlite.Database {
  try {
    return beginReading(path);
  } catch (error) {
    if (!needsRecovery(error)) throw error;
    recover(path);
    return beginReading(path);
  }
}

/** Connects to a database for reading, with a view of it that stays the same. */
export function beginReading(path: string): Sqlite.Database {
  const database = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    database.pragma(`cache_size = -${cacheKib}`);
    database.exec('BEGIN');
    // The transaction, and with it the view that stays the same, begins with the first reading.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A process that was killed while it committed leaves a journal, which a connection that may only read cannot roll back. */
function needsRecovery(error: unknown): boolean {
  return (
    error instanceof Sqlite.SqliteError &&
    ['SQLITE_READONLY_ROLLBACK', 'SQLITE_READONLY_RECOVERY'].includes(error.code)
  );
}

function recover(path: string): void {
  const database = new Sqlite(path, { fileMustExist: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } finally {
    database.close();
  }
}
