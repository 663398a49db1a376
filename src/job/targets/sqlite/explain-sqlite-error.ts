import Sqlite from 'better-sqlite3';
import { type FailureCategory, SparkctlError } from '../../../system/errors/sparkctl-error.ts';

interface Explanation {
  readonly code: string;
  readonly cause: FailureCategory;
  readonly what: (path: string) => string;
  readonly hint: string;
}

/** By SQLite's primary result code: what stands before a second underscore, such as BUSY in SQLITE_BUSY_SNAPSHOT. */
const explanations: Readonly<Record<string, Explanation>> = {
  NOTADB: {
    code: 'not-a-database',
    cause: 'output',
    what: (path) => `${path} is not a SQLite database.`,
    hint: 'Choose another path for the database, or move that file away.',
  },
  CORRUPT: {
    code: 'database-damaged',
    cause: 'io',
    what: (path) => `The database ${path} is damaged.`,
    hint: 'Restore it from a copy, or delete it and submit the job again.',
  },
  BUSY: {
    code: 'database-locked',
    cause: 'temporary',
    what: (path) => `The database ${path} is locked by another process.`,
    hint: 'Wait until that process is done, then try again.',
  },
  CANTOPEN: {
    code: 'database-not-openable',
    cause: 'permission',
    what: (path) => `The database ${path} cannot be opened.`,
    hint: 'Give yourself permission to read and write it and its folder, or choose another path.',
  },
  READONLY: {
    code: 'database-read-only',
    cause: 'permission',
    what: (path) => `The database ${path} cannot be written.`,
    hint: 'Give yourself permission to write it and its folder, or choose another path.',
  },
  FULL: {
    code: 'disk-full',
    cause: 'io',
    what: (path) => `The disk of the database ${path} is full.`,
    hint: 'Free some space and try again. The database is as it was before.',
  },
  ERROR: {
    code: 'database-unexpected',
    cause: 'configuration',
    what: (path) => `The database ${path} does not hold what was looked for in it.`,
    hint: 'If another program made its tables, choose another database or another table name.',
  },
  IOERR: {
    code: 'database-io',
    cause: 'io',
    what: (path) => `The database ${path} cannot be read or written.`,
    hint: 'Look at the disk it is on.',
  },
};

/** Says what SQLite's error means for the database at a path; anything that is none of SQLite's is returned as it is. */
export function explainSqliteError(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const explanation = explanations[error.code.split('_')[1] ?? ''];
  if (explanation === undefined) return error;
  return new SparkctlError({
    code: explanation.code,
    category: explanation.cause,
    message: `${explanation.what(path)} SQLite says: ${error.message} (${error.code}).`,
    hint: explanation.hint,
    details: { path, sqliteCode: error.code },
    cause: error,
  });
}

/** Whether somebody else's lock is all that was in the way. */
export function isLocked(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
