import type { Database, Statement } from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import {
  type CommittedRun,
  committedRunsTable,
  readCommittedRun,
  readLastCommittedRun,
} from './committed-run.ts';
import type { Connection, SqliteValue } from './connection.ts';
import { Quarantine, quarantineTableOf } from './quarantine.ts';
import { problemOfStatement } from './query-problem.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { readTableInfo, type TableInfo } from './table-info.ts';

export interface Repeated {
  /** How many different values are there more than once. */
  readonly groups: number;
  /** The first of them, and how many rows have each. */
  readonly samples: readonly { readonly values: readonly SqliteValue[]; readonly rows: number }[];
}

export interface Breaking {
  /** How many rows there are whose value breaks the pattern. */
  readonly rows: number;
  readonly samples: readonly { readonly key: readonly SqliteValue[]; readonly value: SqliteValue }[];
}

export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly samples: readonly (readonly SqliteValue[])[];
}

/**
 * One unchanging view of a database, for reading: what another process commits meanwhile is not seen. It holds a
 * shared lock until it is closed, so that writers wait for it; close it soon.
 */
export class DatabaseReader implements Disposable {
  readonly #connection: Connection;

  /** Takes over a connection that is in a read transaction. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get path(): string {
    return this.#connection.path;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** The table as it really is, or undefined where there is none. */
  tableInfo(table: string): TableInfo | undefined {
    return this.#connection.ask((database) => readTableInfo(database, table));
  }

  count(table: string): number {
    return this.#connection.values<number>(`SELECT count(*) FROM ${quoteIdentifier(table)}`)[0] ?? 0;
  }

  /** Values of these columns that more than one row has. As in SQL, an empty value equals nothing, not even another empty one. */
  repeated(table: string, columns: readonly string[], sampleLimit: number): Repeated {
    const list = quoteAll(columns);
    const filled = columns.map((column) => `${quoteIdentifier(column)} IS NOT NULL`).join(' AND ');
    const sql = `SELECT ${list}, count(*) FROM ${quoteIdentifier(table)} WHERE ${filled} GROUP BY ${list} HAVING count(*) > 1`;
    let groups = 0;
    const samples: { values: SqliteValue[]; rows: number }[] = [];
    for (const row of this.#connection.iterate(sql)) {
      groups += 1;
      if (samples.length < sampleLimit) samples.push({ values: row.slice(0, -1), rows: Number(row.at(-1)) });
    }
    return { groups, samples };
  }

  /** Values of a column that a pattern does not match, in one scan inside SQLite. Empty ones are no values. */
  breaking(
    table: string,
    column: string,
    pattern: RegExp,
    keyColumns: readonly string[],
    sampleLimit: number,
  ): Breaking {
    this.#connection.ask((database) =>
      database.function('sparkctl_breaks', { deterministic: true, directOnly: true }, (value: unknown) =>
        value === null || pattern.test(String(value)) ? 0 : 1,
      ),
    );
    const value = quoteIdentifier(column);
    const sql = `SELECT ${[quoteAll(keyColumns), value].join(', ')} FROM ${quoteIdentifier(table)} WHERE sparkctl_breaks(${value})`;
    let rows = 0;
    const samples: { key: SqliteValue[]; value: SqliteValue }[] = [];
    for (const row of this.#connection.iterate(sql)) {
      rows += 1;
      if (samples.length < sampleLimit) samples.push({ key: row.slice(0, -1), value: row.at(-1) ?? null });
    }
    return { rows, samples };
  }

  /** Every row, one after the other: never more than one is in memory. */
  rows(table: string, columns: readonly string[]): IterableIterator<readonly SqliteValue[]> {
    return this.#connection.iterate(`SELECT ${quoteAll(columns)} FROM ${quoteIdentifier(table)}`);
  }

  /** What a person's own query finds: how many rows, and the first of them. It can change nothing. */
  query(sql: string, sampleLimit: number): QueryAnswer {
    const statement = this.#connection.ask((database) => prepareQuery(database, sql, this.path));
    let rows = 0;
    const samples: SqliteValue[][] = [];
    this.#connection.ask(() => {
      for (const row of statement.iterate()) {
        rows += 1;
        if (samples.length < sampleLimit) samples.push(row);
      }
    });
    return { columns: statement.columns().map(({ name }) => name), rows, samples };
  }

  /** Finds single rows by their key. */
  rowFinder(
    table: string,
    keyColumns: readonly string[],
    columns: readonly string[],
  ): (key: readonly SqliteValue[]) => readonly SqliteValue[] | undefined {
    const condition = keyColumns.map((column) => `${quoteIdentifier(column)} = ?`).join(' AND ');
    const sql = `SELECT ${quoteAll(columns)} FROM ${quoteIdentifier(table)} WHERE ${condition}`;
    const statement = this.#connection.ask((database) =>
      database.prepare<SqliteValue[], SqliteValue[]>(sql).raw().safeIntegers(),
    );
    return (key) => this.#connection.ask(() => statement.get(...key));
  }

  /** What a load of this table rejected (of one run, where its id is given); undefined where the database keeps no such table. */
  quarantine(table: string, runId?: string): Quarantine | undefined {
    if (this.tableInfo(quarantineTableOf(table)) === undefined) return undefined;
    return new Quarantine(this.#connection, table, runId);
  }

  /** Whether the database keeps a record of committed runs at all. */
  keepsCommittedRuns(): boolean {
    return this.tableInfo(committedRunsTable) !== undefined;
  }

  /** What a run has committed into a table. */
  committedRun(runId: string, target: string): CommittedRun | undefined {
    if (!this.keepsCommittedRuns()) return undefined;
    return readCommittedRun(this.#connection, runId, target);
  }

  lastCommittedRun(target: string): CommittedRun | undefined {
    if (!this.keepsCommittedRuns()) return undefined;
    return readLastCommittedRun(this.#connection, target);
  }

  /** What SQLite finds damaged in the whole file; nothing when it is sound. */
  integrityProblems(limit: number): readonly string[] {
    try {
      const found = this.#connection.values<string>(`PRAGMA integrity_check(${limit})`);
      return found.length === 1 && found[0] === 'ok' ? [] : found;
    } catch (error) {
      // Some damage stops SQLite before it can list anything.
      if (error instanceof SparkctlError && error.code === 'database-damaged') return [error.message];
      throw error;
    }
  }
}

/** One statement that reads: the connection may write nothing, but it could still attach another file. */
function prepareQuery(database: Database, sql: string, path: string): Statement<unknown[], SqliteValue[]> {
  const problem = problemOfStatement(database, sql);
  if (problem === undefined) return database.prepare<unknown[], SqliteValue[]>(sql).raw().safeIntegers();
  throw new SparkctlError({
    code: 'bad-query',
    category: 'configuration',
    message: `The query cannot be asked of ${path}: ${problem}.`,
    hint: 'Write one SELECT.',
    details: { sql },
  });
}

function quoteAll(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ');
}
