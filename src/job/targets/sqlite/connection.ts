import type { Database } from 'better-sqlite3';
import type { RowValue } from '../target.ts';
import { explainSqliteError } from './sqlite-errors.ts';

/** An open database, whose failures are explained. */
export class Connection implements Disposable {
  readonly path: string;
  readonly #database: Database;

  constructor(path: string, database: Database) {
    this.path = path;
    this.#database = database;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** Asks something that is not one of the statements below. */
  ask<Answer>(question: (database: Database) => Answer): Answer {
    try {
      return question(this.#database);
    } catch (error) {
      throw explainSqliteError(error, this.path);
    }
  }

  /** The rows as objects, integers as numbers: for counts and names. */
  all<Row>(sql: string, ...parameters: readonly unknown[]): Row[] {
    return this.ask((database) => database.prepare<unknown[], Row>(sql).all(...parameters));
  }

  get<Row>(sql: string, ...parameters: readonly unknown[]): Row | undefined {
    return this.ask((database) => database.prepare<unknown[], Row>(sql).get(...parameters));
  }

  /** The first column of every row. */
  values<Value>(sql: string, ...parameters: readonly unknown[]): Value[] {
    return this.ask((database) =>
      database
        .prepare<unknown[], Value>(sql)
        .pluck()
        .all(...parameters),
    );
  }

  /** The exact values, row by row: never more than one row is in memory. */
  *iterate(sql: string, ...parameters: readonly unknown[]): IterableIterator<RowValue[]> {
    const statement = this.ask((database) =>
      database.prepare<unknown[], RowValue[]>(sql).raw().safeIntegers(),
    );
    try {
      yield* statement.iterate(...parameters);
    } catch (error) {
      throw explainSqliteError(error, this.path);
    }
  }
}
