import type { CommittedRun, QuarantinedPlace, RejectedLines } from '../target.ts';
import type { Connection } from './connection.ts';
import { quoteIdentifier } from './table.ts';

/** The table in which the driver records committed runs. */
export const committedRunsTable = 'sparkctl_runs';

/** A row of it. Other drivers, and older ones, have no column for the checksum. */
interface Recorded extends Omit<CommittedRun, 'runId' | 'committedAt' | 'checksum'> {
  readonly run_id: string;
  readonly committed_at: string;
  readonly checksum?: string | null;
}

/** Reads what a run has committed into one table: it may have written several. Names are compared as SQLite does. */
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

/** The name of the table that holds what a load of a table rejected. */
export function quarantineTableOf(table: string): string {
  return `${table}_quarantine`;
}

/** The rejected lines in the table beside a table. */
export class Quarantine implements RejectedLines {
  readonly #connection: Connection;
  readonly #from: string;
  readonly #runId: readonly string[];

  constructor(connection: Connection, table: string, runId: string | undefined) {
    this.#connection = connection;
    const name = quoteIdentifier(quarantineTableOf(table));
    this.#from = `FROM ${name} WHERE ${runId === undefined ? 'true' : 'run_id = ?'}`;
    this.#runId = runId === undefined ? [] : [runId];
  }

  counts(): Readonly<Record<string, number>> {
    const found = this.#connection.all<{ reason: string; rows: number }>(
      `SELECT reason, count(*) AS rows ${this.#from} GROUP BY reason ORDER BY reason`,
      ...this.#runId,
    );
    return Object.fromEntries(found.map(({ reason, rows }) => [reason, rows]));
  }

  *lines(): IterableIterator<{ readonly reason: string; readonly raw: string }> {
    for (const [reason, raw] of this.#connection.iterate(
      `SELECT reason, raw ${this.#from}`,
      ...this.#runId,
    )) {
      yield { reason: String(reason), raw: String(raw) };
    }
  }

  places(reason: string, limit: number): readonly QuarantinedPlace[] {
    return this.#connection.all<QuarantinedPlace>(
      `SELECT source_file AS sourceFile, line ${this.#from} AND reason = ? ORDER BY source_file, line LIMIT ?`,
      ...this.#runId,
      reason,
      limit,
    );
  }

  runIds(): readonly string[] {
    return this.#connection.values<string>(
      `SELECT DISTINCT run_id ${this.#from} ORDER BY run_id`,
      ...this.#runId,
    );
  }
}
