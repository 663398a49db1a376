import type { Connection } from './connection.ts';

/** What the driver recorded of one table of a run, in the same transaction that published its rows. */
export interface CommittedRun {
  readonly runId: string;
  /** What was written, as the sink names it. */
  readonly target: string;
  readonly mode: string;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly filtered: number;
  readonly committedAt: string;
  /** The checksum of the rows that it has loaded, see `RowChecksum`; null where the job recorded none. */
  readonly checksum: string | null;
}

/** The table in which the driver records committed runs. */
export const committedRunsTable = 'sparkctl_runs';

/** A row of it. Other drivers, and older ones, have no column for the checksum. */
interface Recorded extends Omit<CommittedRun, 'runId' | 'committedAt' | 'checksum'> {
  readonly run_id: string;
  readonly committed_at: string;
  readonly checksum?: string | null;
}

/** What a run has committed into one table: it may have written several. Names are compared as SQLite does. */
export function readCommittedRun(
  connection: Connection,
  runId: string,
  target: string,
): CommittedRun | undefined {
  return committedRun(
    connection.get<Recorded>(
      `SELECT * FROM ${committedRunsTable} WHERE run_id = ? AND target = ? COLLATE NOCASE`,
      runId,
      target,
    ),
  );
}

/** The run that committed last, of all those with the same target. */
export function readLastCommittedRun(connection: Connection, target: string): CommittedRun | undefined {
  return committedRun(
    connection.get<Recorded>(
      `SELECT * FROM ${committedRunsTable} WHERE target = ? COLLATE NOCASE ORDER BY committed_at DESC, rowid DESC LIMIT 1`,
      target,
    ),
  );
}

function committedRun(recorded: Recorded | undefined): CommittedRun | undefined {
  if (recorded === undefined) return undefined;
  const { run_id: runId, committed_at: committedAt, checksum = null, ...rest } = recorded;
  return { runId, ...rest, committedAt, checksum };
}
