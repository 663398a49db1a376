import type { Database } from 'better-sqlite3';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import type { ColumnType, TableSpec } from '../table-spec.ts';

/** The type of each kind of column in SQLite (a STRICT table). */
const sqliteTypeOf: Readonly<Record<ColumnType, string>> = {
  integer: 'INTEGER',
  real: 'REAL',
  text: 'TEXT',
  boolean: 'INTEGER',
  /** A REAL keeps 15 digits. As text, 1000.00 would be less than 999.98. */
  decimal: 'REAL',
  timestamp: 'TEXT',
};

export interface ColumnInfo {
  readonly name: string;
  /** As declared, in capitals. */
  readonly type: string;
  readonly notNull: boolean;
}

/** A table as it really is. */
export interface TableInfo {
  readonly columns: readonly ColumnInfo[];
  /** Column names, in the key's order; none where the table has no primary key. */
  readonly primaryKey: readonly string[];
  readonly strict: boolean;
  readonly kind: 'table' | 'view' | 'virtual' | 'shadow';
}

/** Reads what SQLite knows of a table or a view; undefined where there is none of this name. */
export function readTableInfo(database: Database, table: string): TableInfo | undefined {
  const found = database
    .prepare<[string], { type: TableInfo['kind']; strict: number }>(
      `SELECT type, strict FROM pragma_table_list(?) WHERE schema = 'main'`,
    )
    .get(table);
  if (found === undefined) return undefined;
  const columns = database
    .prepare<[string], { name: string; type: string; notnull: number; pk: number }>(
      `SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?, 'main') ORDER BY cid`,
    )
    .all(table);
  return {
    columns: columns.map(({ name, type, notnull }) => ({
      name,
      type: type.toUpperCase(),
      notNull: notnull === 1,
    })),
    primaryKey: columns
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map(({ name }) => name),
    strict: found.strict === 1,
    kind: found.type,
  };
}

/** The statement that creates a table: a strict one, so that SQLite itself refuses a value of another type. */
export function createTableStatement(table: TableSpec): string {
  const columns = table.columns.map(
    ({ name, type, nullable }) =>
      `${quoteIdentifier(name)} ${sqliteTypeOf[type]}${nullable ? '' : ' NOT NULL'}`,
  );
  const primaryKey = `PRIMARY KEY (${table.primaryKey.map(quoteIdentifier).join(', ')})`;
  return `CREATE TABLE ${quoteIdentifier(table.name)} (\n  ${[...columns, primaryKey].join(',\n  ')}\n) STRICT`;
}

/** The differences of a table from its specification, one clause each. */
export function tableDifferences(table: TableSpec, found: TableInfo): readonly string[] {
  if (found.kind !== 'table')
    return [`it is a ${found.kind === 'view' ? 'view' : `${found.kind} table`}, not a table`];
  const differences = [...columnDifferences(table, found)];
  const wantedKey = table.primaryKey.join(', ');
  const foundKey = found.primaryKey.join(', ');
  if (wantedKey !== foundKey) {
    differences.push(
      `its primary key is ${foundKey === '' ? 'missing' : `(${foundKey})`}, not (${wantedKey})`,
    );
  }
  if (!found.strict) differences.push('it is not a STRICT table, so that values of any type can be in it');
  return differences;
}

function columnDifferences(table: TableSpec, found: TableInfo): string[] {
  const differences: string[] = [];
  for (const { name, type, nullable } of table.columns) {
    const column = found.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      differences.push(`the column ${name} is missing`);
      continue;
    }
    if (column.type !== sqliteTypeOf[type]) {
      differences.push(`the column ${name} is ${column.type || 'untyped'}, not ${sqliteTypeOf[type]}`);
    }
    if (column.notNull === nullable) {
      differences.push(`the column ${name} ${nullable ? 'is NOT NULL, but may be empty' : 'lacks NOT NULL'}`);
    }
  }
  const wanted = table.columns.map(({ name }) => name);
  const present = found.columns.map(({ name }) => name);
  for (const name of present) if (!wanted.includes(name)) differences.push(`it has another column, ${name}`);
  if (differences.length === 0 && wanted.join('\n') !== present.join('\n')) {
    differences.push(`its columns are in the order ${present.join(', ')}, not ${wanted.join(', ')}`);
  }
  return differences;
}

/** A name as SQL text that can mean nothing else, whatever is in it. */
export function quoteIdentifier(name: string): string {
  // SQLite reads SQL as a C string: what follows a NUL would be cut off.
  if (name === '' || name.includes('\0')) {
    throw new SparkctlError({
      code: 'bad-identifier',
      category: 'configuration',
      message: `${JSON.stringify(name)} cannot be the name of a table or a column.`,
      hint: 'Choose a name of letters, digits and _.',
      details: { name },
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}
