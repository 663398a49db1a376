import Sqlite from 'better-sqlite3';
import { nearestWord } from '../../../system/errors/nearest-word.ts';
import type { TableSpec } from '../table-spec.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import { createTableStatement } from './table.ts';

/**
 * Finds what is wrong with a query over a table, without the database: SQLite prepares it for an empty table in memory. A query that names
 * another table is left to the run, since only the job knows what else it makes.
 */
export function queryProblem(sql: string, table: TableSpec): string | undefined {
  const database = emptyDatabase();
  try {
    try {
      database.exec(createTableStatement(table));
    } catch {
      // The table itself is wrong, which is said where it stands.
      return undefined;
    }
    return problemOfStatement(database, sql);
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    if (error.message.startsWith('no such table: ')) return undefined;
    const column = /^no such column: (?:.*\.)?([\w]+)$/.exec(error.message)?.[1];
    const near =
      column === undefined
        ? undefined
        : nearestWord(
            column,
            table.columns.map(({ name }) => name),
          );
    return `${error.message}${near === undefined ? '' : `; did you mean "${near}"?`}`;
  } finally {
    database.close();
  }
}

/** Says why a statement does not only read rows; what SQLite itself finds wrong is thrown. */
export function problemOfStatement(database: Sqlite.Database, sql: string): string | undefined {
  try {
    const statement = database.prepare(sql);
    if (statement.reader && statement.readonly) return undefined;
    return statement.reader ? 'it would change the database' : 'it returns no rows';
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function emptyDatabase(): Sqlite.Database {
  try {
    return new Sqlite(':memory:');
  } catch (error) {
    throw explainSqliteError(error, 'in memory');
  }
}
