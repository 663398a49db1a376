import { sqliteTypeOf, type TableSpec } from '../table-spec.ts';
import { quoteIdentifier } from './quote-identifier.ts';

/** The statement that creates a table as it is specified: strict, so that SQLite itself refuses a value of another type. */
export function createTableStatement(table: TableSpec): string {
  const columns = table.columns.map(
    ({ name, type, nullable }) =>
      `${quoteIdentifier(name)} ${sqliteTypeOf[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  const primaryKey = `PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`;
  return `CREATE TABLE ${quoteIdentifier(table.name)} (\n  ${[...columns, primaryKey].join(',\n  ')}\n) STRICT`;
}
