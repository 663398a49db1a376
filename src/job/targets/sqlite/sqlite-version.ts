import Database from 'better-sqlite3';

/** The version of SQLite that results are read with. Its module may not load, as after a change of Node. */
export function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    database.close();
  }
}
