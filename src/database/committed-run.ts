import type { Connection } from './connection.ts';

/** What the driver recorded of a run in the same transaction that published its rows. */
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
}

/** The table in which the driver records committed runs. */
export const committedRunsTable = 'sparkctl_runs';

const select = `SELECT run_id AS runId, target, mode, read, loaded, quarantined, duplicates, filtered, committed_at AS committedAt FROM ${committedRunsTable}`;

export function readCommittedRun(connection: Connection, runId: string): CommittedRun | undefined {
  return connection.get<CommittedRun>(`${select} WHERE run_id = ?`, runId);
}

/** The run that committed last, of all those with the same target. */
export function readLastCommittedRun(connection: Connection, target: string): CommittedRun | undefined {
  return connection.get<CommittedRun>(
    `${select} WHERE target = ? ORDER BY committed_at DESC, rowid DESC LIMIT 1`,
    target,
  );
}
