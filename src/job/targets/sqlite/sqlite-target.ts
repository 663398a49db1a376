import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { tableMistakes, tableSpec } from '../table-spec.ts';
import type { TargetKind, TargetSettings } from '../target.ts';

const spec = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .describe('The SQLite database, relative to the project. Made when it is not there.'),
    table: tableSpec.describe('The table that the job loads.'),
  })
  .describe('Where the result goes.');

export interface SqliteSettings extends TargetSettings {
  readonly path: string;
}

/** Endings of the files that SQLite puts beside a database. */
const companions = ['-journal', '-wal', '-shm'];

/** A table of a SQLite database. The native module is loaded with the first use. */
export const sqliteTarget: TargetKind<typeof spec, SqliteSettings> = {
  spec,
  settings: z.object({ path: z.string().refine(isAbsolute, 'it is not an absolute path'), table: tableSpec }),
  resolve: async ({ path, table }, inside) => ({ path: await inside(['path'], path), table }),
  mistakes: ({ table }) => tableMistakes(table).map(({ at, message }) => ({ at: ['table', ...at], message })),
  queryProblem: async ({ table }, sql) => (await import('./query-problem.ts')).queryProblem(sql, table),
  location: ({ path }) => path,
  placeholders: ({ path, table }) => ({ database: path, table: table.name }),
  writes: ({ path }) => [path, ...companions.map((ending) => `${path}${ending}`)],
  answers: ['database-missing', 'not-a-database', 'database-damaged', 'database-unexpected', 'bad-query'],
  prepare: async ({ path, table }, { signal }) =>
    await (await import('./create-database.ts')).createDatabase(path, table, { signal }),
  open: async ({ path }, { signal }) =>
    await (await import('./open-database.ts')).openDatabase(path, { signal }),
};
