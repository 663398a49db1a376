import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createDatabase } from '../../../../src/job/targets/sqlite/create-database.ts';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import { quoteIdentifier } from '../../../../src/job/targets/sqlite/table.ts';
import type { TableSpec } from '../../../../src/job/targets/table-spec.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';

const hostile = [
  'x"; DROP TABLE victim; --',
  "x'); DELETE FROM victim; --",
  'select',
  'a b\tc',
  '[x]',
  '`x`',
  '$(id)',
  '?1',
  'naïve 王',
];

test.each(hostile)('a table and columns named %s are data, not SQL', async (name) => {
  const path = join(temporaryFolder(), `it's "a" ;--.db`);
  const table: TableSpec = {
    name,
    primaryKey: [name],
    columns: [
      { name, type: 'integer', nullable: false },
      { name: `${name} 2`, type: 'text', nullable: false },
    ],
  };
  const sqlite = new Sqlite(path);
  sqlite.exec('CREATE TABLE victim (x); INSERT INTO victim VALUES (1)');
  await createDatabase(path, table);
  sqlite.exec(`INSERT INTO ${quoteIdentifier(name)} VALUES (1, 'a'), (2, 'a')`);
  sqlite.close();
  using database = await openDatabase(path);
  expect(database.tableInfo(name)?.primaryKey).toEqual([name]);
  expect(database.count(name)).toBe(2);
  expect([...database.rows(name, [name, `${name} 2`])]).toEqual([
    [1n, 'a'],
    [2n, 'a'],
  ]);
  expect(database.repeated(name, [`${name} 2`], 3)).toEqual({
    groups: 1,
    rows: 2,
    samples: [{ values: ['a'], rows: 2 }],
  });
  const patterns = [{ column: `${name} 2`, matches: 'b' }];
  const questions = { checksum: [name, `${name} 2`], patterns, keyColumns: [name], sampleLimit: 1 };
  expect(await database.scan(name, questions, undefined)).toMatchObject({
    checksum: { rows: 2 },
    breaking: [{ rows: 2, samples: [{ key: [1n], value: 'a' }] }],
  });
  expect(database.rowFinder(name, [name], [`${name} 2`])([2n])).toEqual(['a']);
  expect(database.quarantine(name)).toBeUndefined();
  expect(database.count('victim')).toBe(1);
});

test.each([
  ['a\0b', '"a\\u0000b"'],
  ['', '""'],
])('the name %j is refused', (name, shown) => {
  expect(() => quoteIdentifier(name)).toThrow(`${shown} cannot be the name of a table or a column.`);
});
