import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { scanRowByRow } from '../../../../src/job/checks/scan-row-by-row.ts';
import { SeededRandom } from '../../../../src/job/datasets/seeded-random.ts';
import { Connection } from '../../../../src/job/targets/sqlite/connection.ts';
import { DatabaseReader } from '../../../../src/job/targets/sqlite/database-reader.ts';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import type { RowQuestions } from '../../../../src/job/targets/target.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';

type Value = string | number | bigint | Buffer | null;

const columns = ['id', 'word', 'amount', 'size', 'note'];
const questions: RowQuestions = {
  checksum: columns,
  patterns: [
    { column: 'word', matches: '^[a-z]*$' },
    { column: 'size', matches: '^[0-9]+$' },
  ],
  keyColumns: ['id'],
  sampleLimit: 3,
};

const plainWords = ['', 'abc', 'São Paulo', '王', '\u{20BB7}', 'Abc', 'x'.repeat(300)];
const hostileWords = ['a\u0000b', '\u0000', 'a\u001eb', 'a\u001fb', '\u001e', '\n', '\uFEFF', 'e\u0301'];
const hardNumbers = [
  0,
  -0,
  1,
  -3.5,
  0.1,
  1 / 3,
  0.30000000000000004,
  1e15,
  1e16,
  1e21,
  -1e300,
  5e-324,
  1e-7,
  0.001,
  0.00099,
];
const wholeNumbers = [0n, -1n, 7n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];

/** Random rows: money and words, now and then a number or a text that is hard to write, and empty values. */
function rowsOf(count: number, hostile: number, seed = 1): Value[][] {
  const random = new SeededRandom(seed, 'scan');
  const strange = () => random.next() < hostile;
  return Array.from({ length: count }, (_, index) => [
    // With gaps, and below zero, too.
    BigInt(index * 3 - 1000),
    random.pick(strange() ? hostileWords : plainWords),
    strange() ? random.pick([...hardNumbers, random.next() * 1e6]) : random.below(1e7) / 100,
    strange() ? random.pick(wholeNumbers) : BigInt(random.below(1000)),
    random.below(5) === 0 ? null : random.pick(strange() ? hostileWords : plainWords),
  ]);
}

const strict = `CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL, amount REAL NOT NULL, size INTEGER NOT NULL, note TEXT) STRICT`;

function databaseOf(rows: readonly Value[][], create: string, before = ''): string {
  const path = join(temporaryFolder(), 'some.db');
  const sqlite = new Sqlite(path);
  sqlite.exec(`${before}; ${create}`);
  const insert = sqlite.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)');
  sqlite.transaction(() => {
    for (const row of rows) insert.run(row);
  })();
  sqlite.close();
  return path;
}

/** A table of one row, in a database that only this process has. */
function inMemory(row: readonly Value[]): Sqlite.Database {
  const database = new Sqlite(':memory:');
  database.exec(strict);
  database.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)').run(row);
  return database;
}

async function isAsRowByRow(path: string, asked = questions): Promise<void> {
  using database = await openDatabase(path);
  expect(await database.scan('t', asked, undefined)).toEqual(
    await scanRowByRow(database, 't', asked, undefined),
  );
}

describe('one scan says what reading row by row says', () => {
  test.each([0, 1, 999, 1000, 1001, 4321])('%i plain rows', async (rows) => {
    await isAsRowByRow(databaseOf(rowsOf(rows, 0), strict));
  });

  test.each([0.0005, 0.3, 1])('a share of %d of hostile values', async (hostile) => {
    await isAsRowByRow(databaseOf(rowsOf(5000, hostile), strict));
  });

  test.each([
    ['a table that is not strict', strict.replace(' STRICT', ''), ''],
    ['a table without rowids', strict.replace(' STRICT', ' STRICT, WITHOUT ROWID'), ''],
    ['columns with the names of the rowid', strict.replace('note TEXT', '_rowid_ TEXT'), ''],
    ['a column of any type', strict.replace('size INTEGER', 'size ANY'), ''],
    ['UTF-16', strict, `PRAGMA encoding = 'UTF-16le'`],
    ['a write-ahead log', strict, 'PRAGMA journal_mode = WAL'],
  ])('%s', async (_what, create, before) => {
    const path = databaseOf(rowsOf(2500, 0.01), create, before);
    const note = create.includes('_rowid_') ? '_rowid_' : 'note';
    await isAsRowByRow(path, { ...questions, checksum: ['id', 'word', 'amount', 'size', note] });
  });

  test('values of other types than the columns say', async () => {
    const create = 'CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, amount, size, note BLOB)';
    const rows = rowsOf(500, 0.1).map((row, index) =>
      row
        .with(4, index % 3 === 0 ? Buffer.from([index % 256, 0xff]) : 1.5)
        .with(2, index % 2 ? 'x' : 2n ** 60n),
    );
    await isAsRowByRow(databaseOf(rows, create));
  });

  test.each([
    ['a sum alone', { patterns: [] }],
    ['patterns alone', { checksum: undefined }],
    ['a real with a pattern', { patterns: [{ column: 'amount', matches: '^[0-9.]+$' }] }],
    ['an empty value with a pattern', { patterns: [{ column: 'note', matches: '^[a-z]+$' }] }],
  ])('%s', async (_what, change) => {
    await isAsRowByRow(databaseOf(rowsOf(2500, 0.0005), strict), { ...questions, ...change });
  });

  test.each([0, 0.0001])('30,000 rows on threads, a share of %d of them hostile', async (hostile) => {
    await isAsRowByRow(databaseOf(rowsOf(30_000, hostile), strict));
  });
});

test('long rows', async () => {
  await isAsRowByRow(
    databaseOf(
      rowsOf(300, 0.01).map((row) => row.with(4, 'é'.repeat(50_000))),
      strict,
    ),
  );
});

test('each number that is hard to write, alone among plain rows', async () => {
  const powers = Array.from({ length: 40 }, (_, power) => [
    10 ** (power - 20),
    -1.5 * 10 ** (power - 20),
  ]).flat();
  const random = new SeededRandom(3, 'numbers');
  const short = Array.from({ length: 150 }, () => random.below(1e9) / 10 ** random.below(16));
  for (const number of [...hardNumbers, ...powers, ...short, 99.999, 123456789012.345, 1e15 - 0.5]) {
    using database = new DatabaseReader(new Connection(':memory:', inMemory([5n, 'a', number, 1n, null])));
    const expected = await scanRowByRow(database, 't', questions, undefined);
    expect(await database.scan('t', questions, undefined), String(number)).toEqual(expected);
  }
});

test('a change of the last bit of a real is seen', async () => {
  const bits = new Float64Array(1);
  const word = new BigInt64Array(bits.buffer);
  const rows = rowsOf(200, 0);
  const sums = new Set<string>();
  for (const change of [0n, 1n, -1n]) {
    bits[0] = 1234.56;
    word[0] = (word[0] ?? 0n) + change;
    using database = await openDatabase(databaseOf(rows.with(7, [5n, 'a', bits[0], 1n, null]), strict));
    sums.add(JSON.stringify((await database.scan('t', questions, undefined)).checksum));
  }
  expect(sums.size).toBe(3);
});

test('a writer that already waits keeps threads out: the scan is made without them', async () => {
  const path = databaseOf(rowsOf(30_000, 0), strict);
  using database = await openDatabase(path);
  const expected = await scanRowByRow(database, 't', questions, undefined);
  const writer = new Sqlite(path, { timeout: 0 });
  writer.exec('BEGIN IMMEDIATE; DELETE FROM t WHERE id > 0');
  // It cannot commit while somebody reads, and lets in nobody who wants to read meanwhile.
  expect(() => writer.exec('COMMIT')).toThrow('locked');
  expect(await database.scan('t', questions, undefined)).toEqual(expected);
  writer.close();
});

test('a scan on threads is ended by the signal', async () => {
  using database = await openDatabase(databaseOf(rowsOf(30_000, 0), strict));
  const controller = new AbortController();
  const scan = database.scan('t', questions, controller.signal);
  setImmediate(() => controller.abort(new Error('Ctrl-C')));
  await expect(scan).rejects.toThrow('Ctrl-C');
});

test('a sound table has no key twice, and what is no key is looked at all the same', async () => {
  using database = await openDatabase(databaseOf(rowsOf(2000, 0), strict));
  expect(database.integrityProblems(3)).toEqual([]);
  expect(database.repeated('t', ['id', 'size'], 3)).toEqual({ groups: 0, rows: 0, samples: [] });
  expect(database.repeated('t', ['size'], 3).groups).toBeGreaterThan(500);
});
