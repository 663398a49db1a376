import Sqlite from 'better-sqlite3';
import type { TemporaryProject } from './temporary-project.ts';

/** The part of a manifest with a small table and its checks, the second of which fails for people of less than no age. */
export const peopleManifest = `
database:
  path: data/people.db
  table:
    name: people
    primaryKey: [id]
    columns: [{ name: id, type: integer }, { name: age, type: integer }]
checks:
  - { kind: schema }
  - { kind: accepted_range, column: age, min: 0 }
`;

/** Makes the table, with these rows of id and age, such as `(1, 30), (2, 40)`. */
export async function makePeople(project: TemporaryProject, rows: string): Promise<void> {
  await project.write('data/.keep', '');
  changePeople(
    project,
    `CREATE TABLE people (id INTEGER NOT NULL, age INTEGER NOT NULL, PRIMARY KEY (id)) STRICT; INSERT INTO people VALUES ${rows}`,
  );
}

/** Changes the database behind sparkctl's back. */
export function changePeople(project: TemporaryProject, sql: string): void {
  const database = new Sqlite(project.path('data/people.db'));
  database.exec(sql);
  database.close();
}
