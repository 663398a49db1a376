import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { waitUntil } from '../../../system/processes/wait-until.ts';
import { explainSqliteError, isLocked } from './explain-sqlite-error.ts';

export interface BusyOptions {
  /** How long to wait for a lock that another process holds. */
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
