import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';

function databaseWith(sql: string): string {
  const path = join(temporaryFolder(), 'some.db');
  const sqlite = new Sqlite(path);
  sqlite.exec(sql);
  sqlite.close();
  return path;
}

const quarantine = `
  CREATE TABLE t_quarantine (run_id TEXT NOT NULL, source_file TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL, PRIMARY KEY (source_file, line)) STRICT;
  INSERT INTO t_quarantine VALUES ('r1', 'b.jsonl', 2, 'wrong-type', 'x'), ('r1', 'a.jsonl', 9, 'wrong-type', 'y'),
    ('r2', 'a.jsonl', 3, 'wrong-type', 'z'), ('r1', 'a.jsonl', 1, 'duplicate-key', '');`;

test('integers are exact, also beyond 2^53', async () => {
  using database = await openDatabase(
    databaseWith(`CREATE TABLE t (i INTEGER, r REAL, x TEXT, b BLOB) STRICT;
      INSERT INTO t VALUES (9223372036854775807, 1.5, 'Zoë', x'00ff'), (-9007199254740993, 2.0, NULL, NULL)`),
  );
  expect([...database.rows('t', ['i', 'r', 'x', 'b'])]).toEqual([
    [9223372036854775807n, 1.5, 'Zoë', Buffer.from([0, 255])],
    [-9007199254740993n, 2, null, null],
  ]);
});

test('values that repeat are counted, the first are shown, and empty ones do not repeat', async () => {
  using database = await openDatabase(
    databaseWith(`CREATE TABLE t (a TEXT, b INTEGER);
      INSERT INTO t VALUES ('x', 1), ('x', 1), ('x', 2), ('y', 1), ('y', 1), ('y', 1), (NULL, 1), (NULL, 1)`),
  );
  expect(database.repeated('t', ['a', 'b'], 1)).toEqual({
    groups: 2,
    rows: 5,
    samples: [{ values: ['x', 1n], rows: 2 }],
  });
  expect(database.repeated('t', ['a', 'b'], 3).groups).toBe(2);
});

test('values that break a pattern are counted, and the first are shown with their key', async () => {
  using database = await openDatabase(
    databaseWith(
      `CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'ab'), (2, 'é'), (3, NULL), (4, 'AB'), (5, '')`,
    ),
  );
  const questions = { keyColumns: ['k'], sampleLimit: 2 };
  const patterns = [
    { column: 'a', matches: '^[a-z]+$' },
    { column: 'a', matches: '^.*$' },
  ];
  expect((await database.scan('t', { ...questions, patterns }, undefined)).breaking).toEqual([
    {
      rows: 3,
      samples: [
        { key: [2n], value: 'é' },
        { key: [4n], value: 'AB' },
      ],
    },
    { rows: 0, samples: [] },
  ]);
});

test('the quarantine: counts, lines, places and runs, of all runs or of one', async () => {
  using database = await openDatabase(databaseWith(quarantine));
  const all = database.quarantine('t');
  expect(all?.counts()).toEqual({ 'duplicate-key': 1, 'wrong-type': 3 });
  expect(all?.runIds()).toEqual(['r1', 'r2']);
  expect(all?.places('wrong-type', 2)).toEqual([
    { sourceFile: 'a.jsonl', line: 3 },
    { sourceFile: 'a.jsonl', line: 9 },
  ]);
  expect([...(all?.lines() ?? [])].map(({ reason, raw }) => `${reason} ${raw}`).sort()).toEqual([
    'duplicate-key ',
    'wrong-type x',
    'wrong-type y',
    'wrong-type z',
  ]);
  const one = database.quarantine('t', 'r2');
  expect(one?.counts()).toEqual({ 'wrong-type': 1 });
  expect(one?.runIds()).toEqual(['r2']);
  expect([...(one?.lines() ?? [])]).toEqual([{ reason: 'wrong-type', raw: 'z' }]);
  expect(database.quarantine('other')).toBeUndefined();
});

test('committed runs: one by its id and its target, and the last of a target', async () => {
  const path = databaseWith(`
    CREATE TABLE sparkctl_runs (run_id TEXT, target TEXT NOT NULL, mode TEXT NOT NULL, read INTEGER NOT NULL, loaded INTEGER NOT NULL,
      quarantined INTEGER NOT NULL, duplicates INTEGER NOT NULL, filtered INTEGER NOT NULL, committed_at TEXT NOT NULL, checksum TEXT, PRIMARY KEY (run_id, target)) STRICT;
    INSERT INTO sparkctl_runs VALUES ('r1', 'u', 'append', 2, 2, 0, 0, 0, '2026-01-02T00:00:01.000Z', NULL), ('r1', 't', 'overwrite', 10, 7, 2, 1, 0, '2026-01-02T00:00:00.000Z', 'abc'),
      ('r0', 't', 'append', 1, 1, 0, 0, 0, '2026-01-01T00:00:00.000Z', NULL), ('r9', 'u', 'append', 1, 1, 0, 0, 0, '2026-01-03T00:00:00.000Z', NULL)`);
  using database = await openDatabase(path);
  const first = {
    runId: 'r1',
    target: 't',
    mode: 'overwrite',
    read: 10,
    loaded: 7,
    quarantined: 2,
    duplicates: 1,
    filtered: 0,
    committedAt: '2026-01-02T00:00:00.000Z',
    checksum: 'abc',
  };
  expect(database.committedRun('r1', 't')).toEqual(first);
  expect(database.committedRun('r1', 'u')).toMatchObject({ target: 'u', read: 2 });
  // SQLite's names are the same in small letters and in capitals.
  expect(database.committedRun('r1', 'T')).toEqual(first);
  expect(database.committedRun('r1', 'v')).toBeUndefined();
  expect(database.committedRun('r2', 't')).toBeUndefined();
  expect(database.lastCommittedRun('T')).toEqual(first);
  using older = await openDatabase(
    databaseWith(
      `CREATE TABLE sparkctl_runs (run_id TEXT PRIMARY KEY, target TEXT); INSERT INTO sparkctl_runs VALUES ('r1', 't')`,
    ),
  );
  expect(older.committedRun('r1', 't')).toMatchObject({ runId: 'r1', checksum: null });
  using empty = await openDatabase(databaseWith('CREATE TABLE t (x)'));
  expect(empty.committedRun('r1', 't')).toBeUndefined();
  expect(empty.lastCommittedRun('t')).toBeUndefined();
});

test('a reader keeps its view while another connection tries to commit', async () => {
  const path = databaseWith('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  using database = await openDatabase(path);
  const writer = new Sqlite(path);
  writer.exec('INSERT INTO t VALUES (2)');
  expect(database.count('t')).toBe(1);
  using later = await openDatabase(path);
  expect(later.count('t')).toBe(2);
  writer.close();
});

test("another program's table where sparkctl keeps its own is told as such", async () => {
  const path = databaseWith('CREATE TABLE t_quarantine (x)');
  using database = await openDatabase(path);
  expect(() => database.quarantine('t')?.counts()).toThrow(
    `The database ${path} does not hold what was looked for in it. SQLite says: no such column: reason (SQLITE_ERROR).`,
  );
});
