import type { Database } from 'better-sqlite3';

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

/** What is known of a table or a view of this name, or undefined where there is none. */
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
