import type { RowValue, TargetReader } from '../job/targets/target.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';

/** A table of a SQLite database, such as the `database` of a run's record. */
export interface TableAddress {
  /** The path of the database file. */
  readonly path: string;
  readonly table: string;
}

/** A row by its columns. An integer beyond 2^53 is a bigint, every other one a number; a blob is a `Uint8Array`. */
export type TableRow = Readonly<Record<string, RowValue>>;

/** Reads a whole table, in the order in which the database has it. All of it is held in memory: it is meant for tests. */
export async function readTable({ path, table }: TableAddress): Promise<readonly TableRow[]> {
  const { openDatabase } = await import('../job/targets/sqlite/open-database.ts');
  return rowsOf(await openDatabase(path), table);
}

function rowsOf(reader: TargetReader, table: string): readonly TableRow[] {
  using open = reader;
  const info = open.tableInfo(table);
  if (info === undefined) {
    throw new SparkctlError({
      code: 'table-missing',
      category: 'input',
      message: `There is no table ${table} in ${open.location}.`,
      hint: 'Submit the job that makes it, or correct the name.',
      details: { table, database: open.location },
    });
  }
  const names = info.columns.map(({ name }) => name);
  return Array.from(open.rows(table, names), (values) =>
    Object.fromEntries(names.map((name, index) => [name, asNumber(values[index] ?? null)])),
  );
}

/** A bigint as a number, where that is the same. */
export function asNumber<Value>(value: Value): Value | number {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
