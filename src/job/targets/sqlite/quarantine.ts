import type { Connection } from './connection.ts';
import { quoteIdentifier } from './quote-identifier.ts';

/** Where a rejected line was read. */
export interface QuarantinedPlace {
  readonly sourceFile: string;
  readonly line: number;
}

/** The name of the table that holds what a load of a table rejected. */
export function quarantineTableOf(table: string): string {
  return `${table}_quarantine`;
}

/** The rejected lines of a table, or of one run that wrote to it. */
export class Quarantine {
  readonly #connection: Connection;
  readonly #from: string;
  readonly #runId: readonly string[];

  constructor(connection: Connection, table: string, runId: string | undefined) {
    this.#connection = connection;
    const name = quoteIdentifier(quarantineTableOf(table));
    this.#from = `FROM ${name} WHERE ${runId === undefined ? 'true' : 'run_id = ?'}`;
    this.#runId = runId === undefined ? [] : [runId];
  }

  /** How many lines there are by reason, the reasons in alphabetical order. */
  counts(): Readonly<Record<string, number>> {
    const found = this.#connection.all<{ reason: string; rows: number }>(
      `SELECT reason, count(*) AS rows ${this.#from} GROUP BY reason ORDER BY reason`,
      ...this.#runId,
    );
    return Object.fromEntries(found.map(({ reason, rows }) => [reason, rows]));
  }

  /** Every line with its reason, one after the other. */
  *lines(): IterableIterator<{ readonly reason: string; readonly raw: string }> {
    for (const [reason, raw] of this.#connection.iterate(
      `SELECT reason, raw ${this.#from}`,
      ...this.#runId,
    )) {
      yield { reason: String(reason), raw: String(raw) };
    }
  }

  /** The first places with a reason. */
  places(reason: string, limit: number): readonly QuarantinedPlace[] {
    return this.#connection.all<QuarantinedPlace>(
      `SELECT source_file AS sourceFile, line ${this.#from} AND reason = ? ORDER BY source_file, line LIMIT ?`,
      ...this.#runId,
      reason,
      limit,
    );
  }

  /** The runs that the lines are of. */
  runIds(): readonly string[] {
    return this.#connection.values<string>(
      `SELECT DISTINCT run_id ${this.#from} ORDER BY run_id`,
      ...this.#runId,
    );
  }
}
