import Sqlite from 'better-sqlite3';
import { type FailureCategory, SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';
import { waitUntil } from '../../../system/processes/wait-until.ts';

interface Explanation {
  readonly code: string;
  readonly category: FailureCategory;
  readonly what: (path: string) => string;
  readonly hint: string;
}

/** By SQLite's primary result code: what stands before a second underscore, such as BUSY in SQLITE_BUSY_SNAPSHOT. */
const explanations: Readonly<Record<string, Explanation>> = {
  NOTADB: {
    code: 'not-a-database',
    category: 'output',
    what: (path) => `${path} is not a SQLite database.`,
    hint: 'Choose another path for the database, or move that file away.',
  },
  CORRUPT: {
    code: 'database-damaged',
    category: 'io',
    what: (path) => `The database ${path} is damaged.`,
    hint: 'Restore it from a copy, or delete it and submit the job again.',
  },
  BUSY: {
    code: 'database-locked',
    category: 'temporary',
    what: (path) => `The database ${path} is locked by another process.`,
    hint: 'Wait until that process is done, then try again.',
  },
  CANTOPEN: {
    code: 'database-not-openable',
    category: 'permission',
    what: (path) => `The database ${path} cannot be opened.`,
    hint: 'Give yourself permission to read and write it and its folder, or choose another path.',
  },
  READONLY: {
    code: 'database-read-only',
    category: 'permission',
    what: (path) => `The database ${path} cannot be written.`,
    hint: 'Give yourself permission to write it and its folder, or choose another path.',
  },
  FULL: {
    code: 'disk-full',
    category: 'io',
    what: (path) => `The disk of the database ${path} is full.`,
    hint: 'Free some space and try again. The database is as it was before.',
  },
  ERROR: {
    code: 'database-unexpected',
    category: 'configuration',
    what: (path) => `The database ${path} does not hold what was looked for in it.`,
    hint: 'If another program made its tables, choose another database or another table name.',
  },
  IOERR: {
    code: 'database-io',
    category: 'io',
    what: (path) => `The database ${path} cannot be read or written.`,
    hint: 'Look at the disk it is on.',
  },
};

/** Explains an error of SQLite for the database at a path; any other error is returned unchanged. */
export function explainSqliteError(error: unknown, path: string): unknown {
  if (hasErrorCode(error, 'ERR_DLOPEN_FAILED')) return compiledForAnother(error);
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const explanation = explanations[error.code.split('_')[1] ?? ''];
  if (explanation === undefined) return error;
  return new SparkctlError({
    code: explanation.code,
    category: explanation.category,
    message: `${explanation.what(path)} SQLite says: ${error.message} (${error.code}).`,
    hint: explanation.hint,
    details: { path, sqliteCode: error.code },
    cause: error,
  });
}

/** Node was exchanged for another version, or the folder was copied from another machine. */
function compiledForAnother(cause: unknown): SparkctlError {
  return new SparkctlError({
    code: 'native-module-unfit',
    category: 'runtime',
    message: `better-sqlite3 was compiled for another Node.js than this one (${process.version}).`,
    hint: 'Compile it anew in the project that has it: npm rebuild better-sqlite3',
    cause,
  });
}

/** Tells the error of a database that another connection has locked. */
export function isLocked(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

export interface BusyOptions {
  /** The longest time to wait for a lock that another process holds. */
  readonly busyTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultBusyTimeoutMs = 5000;

/**
 * Does something with the database at a path, again and again while another process holds a lock, at most until the
 * time is up. Waiting is done here and not inside SQLite, which would stop this whole process meanwhile.
 */
export async function whenUnlocked<Outcome>(
  path: string,
  attempt: () => Outcome,
  { busyTimeoutMs = defaultBusyTimeoutMs, signal }: BusyOptions,
): Promise<Outcome> {
  let lock: unknown;
  const done = await waitUntil(
    () => {
      try {
        return { outcome: attempt() };
      } catch (error) {
        if (!isLocked(error)) throw explainSqliteError(error, path);
        lock = error;
        return undefined;
      }
    },
    { timeoutMs: busyTimeoutMs, ...(signal === undefined ? {} : { signal }) },
  );
  if (done !== undefined) return done.outcome;
  throw new SparkctlError({
    code: 'database-locked',
    category: 'temporary',
    message: `The database ${path} is locked by another process (waited ${busyTimeoutMs / 1000} s).`,
    hint: 'Wait until that process is done, then try again. Nothing was changed.',
    details: { path, busyTimeoutMs },
    cause: lock,
  });
}
