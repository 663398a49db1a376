import { z } from 'zod';
import { nearestWord } from '../../system/errors/nearest-word.ts';
import type { Mistake } from './target.ts';

/**
 * The types that a column can have. A decimal has at most 15 digits, which a binary number keeps; a timestamp is ISO 8601
 * in UTC, as text: `2026-01-31T23:59:59.000Z`.
 */
const columnTypes = ['integer', 'real', 'text', 'boolean', 'decimal', 'timestamp'] as const;

export type ColumnType = (typeof columnTypes)[number];

const name = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'a name is a letter or _ followed by at most 62 letters, digits or _',
  );

const columnSpec = z.strictObject({
  name: name.describe('Name of the column.'),
  type: z.enum(columnTypes).describe('Type of the column.'),
  nullable: z.boolean().default(false).describe('Whether the column may be empty.'),
});

export const tableSpec = z.strictObject({
  name: name.describe('Name of the table.'),
  primaryKey: z.array(name).min(1).describe('Columns of the primary key.'),
  columns: z.array(columnSpec).min(1).describe('Every column of the table, in order.'),
});

export type ColumnSpec = z.output<typeof columnSpec>;
export type TableSpec = z.output<typeof tableSpec>;

/** Columns that a table has twice, and columns of its key that it does not have. */
export function tableMistakes(table: TableSpec): readonly Mistake[] {
  const columns = table.columns.map(({ name }) => name);
  return [
    ...columns.flatMap((name, index) =>
      columns.indexOf(name) === index
        ? []
        : [{ at: ['columns', index, 'name'], message: `column "${name}" is there twice` }],
    ),
    ...table.primaryKey.flatMap((column, index) => unknownColumn(column, ['primaryKey', index], table)),
  ];
}

/** The mistake of naming a column that a table does not have, with the nearest one that it has. */
export function unknownColumn(
  column: string,
  at: readonly PropertyKey[],
  table: TableSpec,
): readonly Mistake[] {
  const known = table.columns.map(({ name }) => name);
  if (known.includes(column)) return [];
  const near = nearestWord(column, known);
  const remedy = near === undefined ? `the columns are: ${known.join(', ')}` : `did you mean "${near}"?`;
  const message = `there is no column "${column}"; ${remedy}`;
  return [{ at, message }];
}
