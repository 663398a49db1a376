import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { diffTables } from '../../../src/job/kept-table/diff-tables.ts';
import { keepTable, openKeptTable } from '../../../src/job/kept-table/kept-table.ts';
import { openDatabase } from '../../../src/job/targets/sqlite/open-database.ts';
import type { TableSpec } from '../../../src/job/targets/table-spec.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

/** Keeps a table `t` that these statements make. */
async function kept(sql: string, primaryKey: readonly string[] = ['k']): Promise<string> {
  const folder = temporaryFolder();
  const database = new Sqlite(join(folder, 'a.db'));
  database.exec(sql);
  database.close();
  using reader = await openDatabase(join(folder, 'a.db'));
  const spec: TableSpec = { name: 't', primaryKey: [...primaryKey], columns: [] };
  await keepTable(reader, spec, { root: folder, parts: [] });
  return folder;
}

async function opened(folder: string) {
  const table = await openKeptTable(folder);
  if (table === undefined) throw new Error('nothing was kept');
  return table;
}

async function rowsIn(folder: string) {
  const rows = [];
  for await (const row of (await opened(folder)).rows) rows.push(row);
  return rows;
}

describe('a table that is kept', () => {
  it('has every value exactly, in a private file', async () => {
    const folder = await kept(`CREATE TABLE t (k INTEGER, i INTEGER, r REAL, x TEXT, b BLOB);
      INSERT INTO t VALUES (2, 9007199254740993, 0.1, 'line
"q"', x'00ff'), (1, -9223372036854775808, 9e999, NULL, NULL)`);
    expect(await opened(folder)).toMatchObject({
      table: 't',
      primaryKey: ['k'],
      columns: ['k', 'i', 'r', 'x', 'b'],
    });
    expect(await rowsIn(folder)).toEqual([
      [1, -9223372036854775808n, Number.POSITIVE_INFINITY, null, null],
      [2, 9007199254740993n, 0.1, 'line\n"q"', Buffer.from([0, 255])],
    ]);
    expect(statSync(join(folder, 'table.jsonl.gz')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('is in the order of its keys, whatever they are', async () => {
    const keys =
      "('b'), ('a'), (10), (9), (2.5), (NULL), ('\u{1f600}'), ('\uffff'), ('ä'), (x'00'), (9007199254740993), (9007199254740992), ('')";
    const folder = await kept(`CREATE TABLE t (k); INSERT INTO t VALUES ${keys}`);
    // The reader says so where they are not: SQLite and it agree.
    expect((await rowsIn(folder)).map(([key]) => key)).toEqual([
      null,
      2.5,
      9,
      10,
      9007199254740992n,
      9007199254740993n,
      '',
      'a',
      'b',
      'ä',
      '\uffff',
      '\u{1f600}',
      Buffer.from([0]),
    ]);
  });

  it('is not there where none was kept', async () => {
    expect(await openKeptTable(temporaryFolder())).toBeUndefined();
  });

  const header = '{"schemaVersion":1,"table":"t","primaryKey":["k"],"columns":["k","v"]}\n';
  it.each([
    ['', 'its first line says nothing of a table'],
    ['{"schemaVersion":1}\n', 'its first line says nothing of a table'],
    [header.replace('["k"]', '["z"]'), 'it lacks a column of its key'],
    [`${header}[1]\n`, 'line 2 is no row of the table'],
    [`${header}[1,2]\n{}\n`, 'line 3 is no row of the table'],
    [`${header}[1,{"integer":"1e9"}]\n`, 'line 2 is no row of the table'],
    [`${header}[1,[2]]\n`, 'line 2 is no row of the table'],
    [`${header}[2,0]\n[1,0]\n`, 'line 3 is out of order'],
  ])('is refused where it is none: %j', async (text, problem) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'table.jsonl.gz'), gzipSync(text));
    await expect(rowsIn(folder)).rejects.toMatchObject({
      category: 'input',
      message: `The table ${join(folder, 'table.jsonl.gz')} that a run has kept cannot be used: ${problem}.`,
    });
  });

  it('is not read through a link', async () => {
    const folder = await kept('CREATE TABLE t (k INTEGER)');
    const other = temporaryFolder();
    symlinkSync(join(folder, 'table.jsonl.gz'), join(other, 'table.jsonl.gz'));
    await expect(openKeptTable(other)).rejects.toThrow('it is no file of its own');
    expect(gunzipSync(readFileSync(join(folder, 'table.jsonl.gz'))).toString()).toContain('"columns":["k"]');
  });
});

describe('two tables', () => {
  const users = 'CREATE TABLE t (k TEXT, n INTEGER, v REAL); INSERT INTO t VALUES';
  const compared = async (a: string, b: string, key: readonly string[] = ['k']) =>
    await diffTables(await opened(await kept(a, key)), await opened(await kept(b, key)), 2);

  it('are the same', async () => {
    const rows = `${users} ('a', 1, 2), ('b', 2, NULL)`;
    expect(await compared(rows, rows)).toMatchObject({
      rows: { a: 2, b: 2 },
      added: { rows: 0 },
      removed: { rows: 0 },
      changed: { rows: 0 },
      columns: {},
    });
  });

  it('differ in rows that were added, removed and changed', async () => {
    const a = `${users} ('a', 1, 2), ('b', 2, NULL), ('c', 3, 3), ('d', 4, 4), ('x', 1, 1)`;
    const b = `${users} ('0', 0, 0), ('a', 1, 2.5), ('b', 9007199254740993, 0), ('d', 5, 5), ('y', 1, 1), ('z', 1, 1)`;
    expect(await compared(a, b)).toEqual({
      primaryKey: ['k'],
      rows: { a: 5, b: 6 },
      added: { rows: 3, samples: [{ key: ['0'] }, { key: ['y'] }] },
      removed: { rows: 2, samples: [{ key: ['c'] }, { key: ['x'] }] },
      changed: {
        rows: 3,
        samples: [
          { key: ['a'], values: [{ column: 'v', a: 2, b: 2.5 }] },
          {
            key: ['b'],
            values: [
              { column: 'n', a: 2, b: '9007199254740993' },
              { column: 'v', a: null, b: 0 },
            ],
          },
        ],
      },
      columns: { v: 3, n: 2 },
      only: { a: [], b: [] },
    });
  });

  it('may have keys of several columns, and columns that the other has not', async () => {
    const a = "CREATE TABLE t (x, k, n); INSERT INTO t VALUES ('old', 1, 1), ('old', 1, 2)";
    const b = "CREATE TABLE t (n, k, y); INSERT INTO t VALUES (2, 1, 'new'), (3, 1, 'new')";
    expect(await compared(a, b, ['k', 'n'])).toMatchObject({
      added: { rows: 1, samples: [{ key: [1, 3] }] },
      removed: { rows: 1, samples: [{ key: [1, 1] }] },
      changed: { rows: 0 },
      only: { a: ['x'], b: ['y'] },
    });
  });

  it('may be empty', async () => {
    const empty = 'CREATE TABLE t (k TEXT, n INTEGER, v REAL)';
    expect(await compared(empty, `${users} ('a', 1, 1)`)).toMatchObject({
      rows: { a: 0, b: 1 },
      added: { rows: 1 },
    });
    expect(await compared(`${users} ('a', 1, 1)`, empty)).toMatchObject({ removed: { rows: 1 } });
  });
});
