import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { TableSpec } from '../table-spec.ts';
import type {
  Breaking,
  ColumnFault,
  CommittedRun,
  QueryAnswer,
  Repeated,
  RowAnswers,
  RowQuestions,
  RowValue,
  TargetReader,
} from '../target.ts';
import type { Connection } from './connection.ts';
import { faultSql } from './fault-sql.ts';
import { problemOfStatement } from './query-problem.ts';
import { scanOnThreads } from './scan-on-threads.ts';
import { rangesOf, scanRows } from './scan-rows.ts';
import {
  committedRunsTable,
  Quarantine,
  quarantineTableOf,
  readCommittedRun,
  readLastCommittedRun,
} from './sink-tables.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import { quoteIdentifier, readTableInfo, type TableInfo, tableDifferences } from './table.ts';

/** One unchanging view of a SQLite database. It holds a shared lock until it is closed, so that writers wait for it. */
export class DatabaseReader implements TargetReader {
  readonly #connection: Connection;
  /** The view does not change, so each table is counted once. */
  readonly #counts = new Map<string, number>();
  /** True once SQLite has found no damage in it. */
  #isSound = false;

  /** Takes over a connection that is in a read transaction. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get location(): string {
    return this.#connection.path;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  tableInfo(table: string): TableInfo | undefined {
    return this.#connection.ask((database) => readTableInfo(database, table));
  }

  tableDifferences(table: TableSpec): readonly string[] {
    const found = this.tableInfo(table.name);
    return found === undefined ? ['it is not there'] : tableDifferences(table, found);
  }

  count(table: string): number {
    const known = this.#counts.get(table);
    if (known !== undefined) return known;
    const rows = this.#connection.values<number>(`SELECT count(*) FROM ${quoteIdentifier(table)}`)[0] ?? 0;
    this.#counts.set(table, rows);
    return rows;
  }

  repeated(table: string, columns: readonly string[], sampleLimit: number): Repeated {
    // SQLite's own check has looked at every key, if it was made.
    if (this.#isSound && this.#haveKey(table, columns)) return { groups: 0, rows: 0, samples: [] };
    let groups = 0;
    let rows = 0;
    const samples: { values: RowValue[]; rows: number }[] = [];
    for (const row of this.#connection.iterate(repeatedSql(table, columns, ', count(*)'))) {
      const found = Number(row.at(-1));
      groups += 1;
      rows += found;
      if (samples.length < sampleLimit) samples.push({ values: row.slice(0, -1), rows: found });
    }
    return { groups, rows, samples };
  }

  repeatedRows(
    table: string,
    columns: readonly string[],
    shown: readonly string[],
  ): IterableIterator<readonly RowValue[]> {
    const list = quoteAll(columns);
    return this.#connection.iterate(
      `SELECT ${quoteAll(shown)} FROM ${quoteIdentifier(table)} WHERE (${list}) IN (${repeatedSql(table, columns)}) ORDER BY ${list}`,
    );
  }

  rows(
    table: string,
    columns: readonly string[],
    orderBy: readonly string[] = [],
  ): IterableIterator<readonly RowValue[]> {
    const order = orderBy.length === 0 ? '' : ` ORDER BY ${quoteAll(orderBy)}`;
    return this.#connection.iterate(`SELECT ${quoteAll(columns)} FROM ${quoteIdentifier(table)}${order}`);
  }

  /** Scans a large table on threads with connections of their own: while this one reads, nobody can commit what they would see. */
  async scan(table: string, questions: RowQuestions, signal: AbortSignal | undefined): Promise<RowAnswers> {
    const rows = this.count(table);
    const ranges = this.#connection.ask((database) => rangesOf(database, table, rows));
    const answers =
      ranges.length > 1 ? await scanOnThreads(this.location, table, questions, ranges, signal) : undefined;
    if (answers !== undefined) return answers;
    signal?.throwIfAborted();
    const [first, last] = [ranges[0], ranges.at(-1)];
    if (first === undefined || last === undefined) throw new Error(`There is no part of ${table} to scan.`);
    const slices = this.#connection.ask((database) =>
      scanRows(database, table, questions, { ...first, upTo: last.upTo }),
    );
    for (;;) {
      const slice = this.#connection.ask(() => slices.next());
      if (slice.done) return slice.value;
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  query(sql: string, sampleLimit: number): QueryAnswer {
    const statement = this.#connection.ask((database) => prepareQuery(database, sql, this.location));
    let rows = 0;
    const samples: RowValue[][] = [];
    this.#connection.ask(() => {
      for (const row of statement.iterate()) {
        rows += 1;
        if (samples.length < sampleLimit) samples.push(row);
      }
    });
    return { columns: statement.columns().map(({ name }) => name), rows, samples };
  }

  *queryRows(sql: string): IterableIterator<readonly RowValue[]> {
    const statement = this.#connection.ask((database) => prepareQuery(database, sql, this.location));
    try {
      yield* statement.iterate();
    } catch (error) {
      throw explainSqliteError(error, this.location);
    }
  }

  faulty(
    table: string,
    column: string,
    fault: ColumnFault,
    { keyColumns, sampleLimit }: Pick<RowQuestions, 'keyColumns' | 'sampleLimit'>,
  ): Breaking {
    const { sql, values } = faultSql(column, fault);
    const from = `FROM ${quoteIdentifier(table)} AS t WHERE ${sql}`;
    const ask = (select: string) => [...this.#connection.iterate(select, ...values)];
    const rows = Number(ask(`SELECT count(*) ${from}`)[0]?.[0] ?? 0);
    if (rows === 0) return { rows, samples: [] };
    const columns = quoteAll([...keyColumns, column]);
    const found = ask(`SELECT ${columns} ${from} ORDER BY ${quoteAll(keyColumns)} LIMIT ${sampleLimit}`);
    return { rows, samples: found.map((row) => ({ key: row.slice(0, -1), value: row.at(-1) ?? null })) };
  }

  faultyRows(
    table: string,
    column: string,
    fault: ColumnFault,
    { keyColumns, columns }: { readonly keyColumns: readonly string[]; readonly columns: readonly string[] },
  ): IterableIterator<readonly RowValue[]> {
    const { sql, values } = faultSql(column, fault);
    return this.#connection.iterate(
      `SELECT ${quoteAll(columns)} FROM ${quoteIdentifier(table)} AS t WHERE ${sql} ORDER BY ${quoteAll(keyColumns)}`,
      ...values,
    );
  }

  greatest(table: string, column: string): RowValue {
    const sql = `SELECT max(${quoteIdentifier(column)}) FROM ${quoteIdentifier(table)}`;
    return [...this.#connection.iterate(sql)][0]?.[0] ?? null;
  }

  rowFinder(
    table: string,
    keyColumns: readonly string[],
    columns: readonly string[],
  ): (key: readonly RowValue[]) => readonly RowValue[] | undefined {
    const condition = keyColumns.map((column) => `${quoteIdentifier(column)} = ?`).join(' AND ');
    const sql = `SELECT ${quoteAll(columns)} FROM ${quoteIdentifier(table)} WHERE ${condition}`;
    const statement = this.#connection.ask((database) =>
      database.prepare<RowValue[], RowValue[]>(sql).raw().safeIntegers(),
    );
    return (key) => this.#connection.ask(() => statement.get(...key));
  }

  quarantine(table: string, runId?: string): Quarantine | undefined {
    if (this.tableInfo(quarantineTableOf(table)) === undefined) return undefined;
    return new Quarantine(this.#connection, table, runId);
  }

  #keepsCommittedRuns(): boolean {
    return this.tableInfo(committedRunsTable) !== undefined;
  }

  committedRun(runId: string, table: string): CommittedRun | undefined {
    if (!this.#keepsCommittedRuns()) return undefined;
    return readCommittedRun(this.#connection, runId, table);
  }

  lastCommittedRun(table: string): CommittedRun | undefined {
    if (!this.#keepsCommittedRuns()) return undefined;
    return readLastCommittedRun(this.#connection, table);
  }

  /** Tells whether the columns have the key of a table among them, in which the empty value is as good as none. */
  #haveKey(table: string, columns: readonly string[]): boolean {
    const { kind, primaryKey } = this.tableInfo(table) ?? { kind: 'view', primaryKey: [] };
    return (
      kind === 'table' && primaryKey.length > 0 && primaryKey.every((column) => columns.includes(column))
    );
  }

  integrityProblems(limit: number): readonly string[] {
    try {
      const found = this.#connection.values<string>(`PRAGMA integrity_check(${limit})`);
      this.#isSound = found.length === 1 && found[0] === 'ok';
      return this.#isSound ? [] : found.map((damage) => `SQLite says: ${damage}.`);
    } catch (error) {
      // Some damage stops SQLite before it can list anything.
      if (error instanceof SparkctlError && error.code === 'database-damaged') return [error.message];
      throw error;
    }
  }
}

/** One statement that reads: the connection may write nothing, but it could still attach another file. */
function prepareQuery(database: Database, sql: string, path: string): Statement<unknown[], RowValue[]> {
  const problem = problemOfStatement(database, sql);
  if (problem === undefined) return database.prepare<unknown[], RowValue[]>(sql).raw().safeIntegers();
  throw new SparkctlError({
    code: 'bad-query',
    category: 'configuration',
    message: `The query cannot be asked of ${path}: ${problem}.`,
    hint: 'Write one SELECT.',
    details: { sql },
  });
}

/** The values that more than one row has, and what else is selected of each of them. */
function repeatedSql(table: string, columns: readonly string[], more = ''): string {
  const list = quoteAll(columns);
  const filled = columns.map((column) => `${quoteIdentifier(column)} IS NOT NULL`).join(' AND ');
  return `SELECT ${list}${more} FROM ${quoteIdentifier(table)} WHERE ${filled} GROUP BY ${list} HAVING count(*) > 1`;
}

function quoteAll(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ');
}
