import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { runChecks } from '../../../src/job/checks/run-checks.ts';
import type { TableSpec } from '../../../src/job/targets/table-spec.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

const table: TableSpec = {
  name: 'people',
  primaryKey: ['id'],
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'name', type: 'text', nullable: false },
    { name: 'note', type: 'text', nullable: true },
    { name: 'height', type: 'real', nullable: true },
    { name: 'member', type: 'boolean', nullable: false },
    { name: 'joined_at', type: 'timestamp', nullable: false },
  ],
};

const golden = `id,name,note,height,member,joined_at
1,Zoë,"a ""b"", c",1.5,true,2026-01-31T00:00:00.000Z
9007199254740993,"two
lines",,2,false,2026-01-31T01:00:00+01:00
3,,"",,1,2026-01-31T00:00:00.000Z
`;

const people = `INSERT INTO people VALUES (1, 'Zoë', 'a "b", c', 1.5, 1, '2026-01-31T00:00:00.000Z'),
  (9007199254740993, 'two
lines', NULL, 2, 0, '2026-01-31T00:00:00.000Z'), (3, '', '', NULL, 1, '2026-01-31T00:00:00.000Z')`;

/** A table beside a golden file; `change` is done to the table. */
function compared(text: string | Uint8Array, change = '', file = 'golden.csv') {
  const folder = temporaryFolder();
  const [path, databasePath] = [join(folder, file), join(folder, 'people.db')];
  writeFileSync(path, text);
  const database = new Sqlite(databasePath);
  database.exec(`CREATE TABLE people (id INTEGER, name TEXT, note TEXT, height REAL, member INTEGER, joined_at TEXT) STRICT;
    ${people}; ${change}`);
  database.close();
  mkdirSync(join(folder, 'run'));
  const ask = async (more: Partial<Extract<CheckSpec, { kind: 'equality' }>> = {}) => {
    const [result] = await runChecks({
      target: { kind: 'database', path: databasePath, table },
      checks: [{ kind: 'equality', path, ...more }],
      inputFiles: [],
      rowsFolder: { root: folder, parts: ['run'] },
    });
    return result;
  };
  const kept = () => readFileSync(join(folder, 'run', 'failing-rows-1-equality.jsonl'), 'utf8');
  return { path, ask, kept };
}

test('a table with exactly the rows of a CSV file, whatever their order', async () => {
  const { path, ask } = compared(golden);
  expect(await ask()).toEqual({
    kind: 'equality',
    name: 'equality',
    status: 'held',
    expected: `the rows of ${path}`,
    found: 'all 3 rows',
  });
});

test('a table with exactly the rows of lines of JSON, compressed ones too', async () => {
  const lines = `{"id":1,"name":"Zoë","note":"a \\"b\\", c","height":1.5,"member":true,"joined_at":"2026-01-31T00:00:00.000Z"}

{"id":"9007199254740993","name":"two\\nlines","height":2,"member":false,"joined_at":"2026-01-31T00:00:00.000Z"}
{"id":3,"name":"","note":"","height":null,"member":1,"joined_at":"2026-01-31T00:00:00.000Z"}`;
  expect(await compared(lines, '', 'golden.jsonl').ask()).toMatchObject({ status: 'held' });
  expect(await compared(gzipSync(lines), '', 'golden.jsonl.gz').ask()).toMatchObject({ status: 'held' });
  expect(await compared(`\ufeff${golden.replaceAll('Z\n', 'Z\r\n')}`).ask()).toMatchObject({
    status: 'held',
  });
});

test('a line end within quotation marks is a part of the value, as it is written', async () => {
  const windows = golden.replaceAll('\n', '\r\n');
  expect(await compared(windows).ask()).toMatchObject({
    detail: 'Row id 9007199254740993: name is "two\\nlines", expected "two\\r\\nlines".',
  });
  const change = `UPDATE people SET name = 'two' || char(13, 10) || 'lines' WHERE id = 9007199254740993`;
  expect(await compared(windows, change).ask()).toMatchObject({ status: 'held' });
});

test('rows that are missing, changed or not expected are counted, shown and kept', async () => {
  const change = `DELETE FROM people WHERE id = 1; UPDATE people SET height = 3, note = 'x' WHERE id = 3;
    INSERT INTO people VALUES (4, 'd', NULL, NULL, 0, 't'), (3, 'again', NULL, NULL, 0, 't')`;
  const { ask, kept } = compared(golden, change);
  expect(await ask()).toMatchObject({
    status: 'failed',
    found: '1 missing, 1 changed, 2 unexpected',
    detail: [
      'Row id 1: it is missing.',
      'Row id 3: note is "x", expected ""; height is 3, expected empty.',
      'Row id 4: it is not expected.',
    ].join('\n'),
    faulty: { rows: 4, file: 'failing-rows-1-equality.jsonl' },
  });
  expect(
    kept()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      difference: 'missing',
      key: { id: 1 },
      expected: {
        id: 1,
        name: 'Zoë',
        note: 'a "b", c',
        height: 1.5,
        member: 1,
        joined_at: '2026-01-31T00:00:00.000Z',
      },
    },
    {
      difference: 'changed',
      key: { id: 3 },
      expected: { note: '', height: null },
      found: { note: 'x', height: 3 },
    },
    expect.objectContaining({ difference: 'unexpected', key: { id: 4 } }),
    expect.objectContaining({ difference: 'unexpected', key: { id: 3 } }),
  ]);
  expect(await ask({ tolerate: 4 })).toMatchObject({ status: 'held' });
});

test('only the columns that are named are compared, and the file may have others', async () => {
  const { ask } = compared(
    'id,name,else\n1,Zoë,x\n3,,x\n9007199254740993,"two\nlines",x\n',
    "UPDATE people SET note = 'x'",
  );
  expect(await ask({ columns: ['name'] })).toMatchObject({ name: 'equality (name)', status: 'held' });
  await expect(ask()).rejects.toThrow('golden.csv:1: the header has no column note.');
});

test.each([
  ['golden.csv', `${golden}1,a,b,1,1,t\n`, '6: the key id 1 is there already'],
  ['golden.csv', `${golden}4,a,b,1,1\n`, '6: it has 5 fields, and the header 6'],
  ['golden.csv', `${golden}4,a"b,c"d,1,1,t\n`, '6: it is no record of CSV'],
  ['golden.csv', `${golden}4,"a,b,1,1,t\n`, '6: its quotation marks are not closed'],
  ['golden.csv', `${golden}x,a,b,1,1,t\n`, '6: "x" is no value of the integer column id'],
  ['golden.csv', `${golden}4,a,b,Infinity,1,t\n`, '6: "Infinity" is no value of the real column height'],
  ['golden.csv', `${golden}4,a,b,1,yes,t\n`, '6: "yes" is no value of the boolean column member'],
  ['golden.csv', golden.replace('note', 'name'), '1: the header has "name" twice'],
  ['golden.csv', golden.replace('note', 'nota'), '1: the header has no column note'],
  ['golden.jsonl', '{"id":1', '1: it is no JSON object'],
  ['golden.jsonl', '[]', '1: it is no JSON object'],
  ['golden.jsonl', '{"id":1,"naem":"x"}', '1: there is no column "naem" in the table'],
  ['golden.jsonl', '\n{"id":1,"name":null}', '2: null is no value of the text column name'],
  ['golden.jsonl', '{"id":9007199254740993}', '1: 9007199254740992 is no value of the integer column id'],
])('%s that is no file to compare with: %j', async (file, text, problem) => {
  const { path, ask } = compared(text, '', file);
  await expect(ask()).rejects.toMatchObject({ category: 'input', message: `${path}:${problem}.` });
});

test('a file that is not there and a column that is not there are mistakes', async () => {
  const { ask } = compared(golden);
  await expect(ask({ path: '/nowhere/golden.csv' })).rejects.toThrow(
    'the file /nowhere/golden.csv is not there',
  );
  await expect(ask({ columns: ['nmae'] })).rejects.toThrow('did you mean "name"?');
});
