import { z } from 'zod';

/** The types a column can have, and what each is in SQLite (a STRICT table). */
export const sqliteTypeOf = {
  integer: 'INTEGER',
  real: 'REAL',
  text: 'TEXT',
  boolean: 'INTEGER',
  /** A number of at most 15 digits, which a REAL keeps. As text, 1000.00 would be less than 999.98. */
  decimal: 'REAL',
  /** ISO 8601 in UTC, as text: `2026-01-31T23:59:59.000Z`. */
  timestamp: 'TEXT',
} as const;

export type ColumnType = keyof typeof sqliteTypeOf;

const name = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'a name is a letter or _ followed by at most 62 letters, digits or _',
  );

export const columnSpec = z.strictObject({
  name: name.describe('Name of the column.'),
  type: z.enum(Object.keys(sqliteTypeOf) as [ColumnType, ...ColumnType[]]).describe('Type of the column.'),
  nullable: z.boolean().default(false).describe('Whether the column may be empty.'),
});

export const tableSpec = z.strictObject({
  name: name.describe('Name of the table.'),
  primaryKey: z.array(name).min(1).describe('Columns of the primary key.'),
  columns: z.array(columnSpec).min(1).describe('Every column of the table, in order.'),
});

export type ColumnSpec = z.output<typeof columnSpec>;
export type TableSpec = z.output<typeof tableSpec>;
