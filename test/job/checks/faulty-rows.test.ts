import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type FaultyRow, keepFaultyRows } from '../../../src/job/checks/faulty-rows.ts';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';
import { type LoadedUsers, loadedUsers } from './loaded-users.ts';

/** Nine users with the ids 1 to 9. */
async function nineUsers() {
  const users = await loadedUsers(20);
  users.tamper(`DELETE FROM users WHERE id > (SELECT id FROM users ORDER BY id LIMIT 1 OFFSET 8);
    UPDATE users SET id = (SELECT count(*) FROM users AS u WHERE u.id <= users.id);
    UPDATE users SET name = 'n', age = 1, email = id || '@x.de', salary = 1.5, city = 'Paris', created_at = 't'`);
  return users;
}

async function rowsFor(users: LoadedUsers, spec: CheckSpec): Promise<readonly Record<string, unknown>[]> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'run'));
  const rowsFolder = { root: folder, parts: ['run'] };
  const { faulty } = await users.check(spec, { rowsFolder });
  const [name = ''] = readdirSync(join(folder, 'run'));
  const path = join(folder, 'run', name);
  expect(name).toBe(`failing-rows-1-${spec.kind}.jsonl`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(faulty).toEqual({ rows: rows.length, file: name });
  return rows;
}

test.each<[CheckSpec, string, readonly number[]]>([
  [{ kind: 'accepted_values', column: 'city', values: ['Paris'] }, "city = 'Ulm'", [2, 5, 6, 7]],
  [{ kind: 'accepted_range', column: 'age', max: 5 }, 'age = 6', [2, 5, 6, 7]],
  [
    { kind: 'relationships', column: 'city', to: { table: 'cities', column: 'name' } },
    "city = 'Ulm'",
    [2, 5, 6, 7],
  ],
  [{ kind: 'pattern', column: 'email', matches: '@x' }, "email = '\u001e'", [2, 5, 6, 7]],
  [{ kind: 'unique', columns: ['email'] }, "email = 'e'", [2, 5, 6, 7]],
  [{ kind: 'query', name: 'q', sql: 'SELECT * FROM users WHERE age = 6' }, 'age = 6', [2, 5, 6, 7]],
])('every row that breaks %o is kept whole', async (spec, change, ids) => {
  const users = await nineUsers();
  users.tamper(`CREATE TABLE cities (name TEXT PRIMARY KEY); INSERT INTO cities VALUES ('Paris');
    UPDATE users SET ${change} WHERE id IN (${ids.join()})`);
  const rows = await rowsFor(users, spec);
  expect(rows.map(({ id }) => id)).toEqual(ids);
  expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'name', 'age', 'email', 'salary', 'city', 'created_at']);
});

test('rows that are tolerated are kept, and of those that are right there is no file', async () => {
  const users = await nineUsers();
  const folder = temporaryFolder();
  const ask = (max: number) =>
    users.check(
      { kind: 'accepted_range', column: 'id', max, tolerate: 1 },
      { rowsFolder: { root: folder, parts: [] } },
    );
  expect(await ask(9)).toMatchObject({ status: 'held' });
  expect(readdirSync(folder)).toEqual([]);
  expect(await ask(8)).toMatchObject({
    status: 'held',
    faulty: { file: 'failing-rows-1-accepted_range.jsonl' },
  });
});

const keep = async (rows: number, each: () => Iterable<FaultyRow>) => {
  const folder = temporaryFolder();
  const kept = await keepFaultyRows(
    { rows, of: rows, each },
    { root: folder, parts: [] },
    'rows.jsonl',
    undefined,
  );
  return { kept, text: readFileSync(join(folder, 'rows.jsonl'), 'utf8') };
};

test('of too many rows the first hundred thousand are kept, and no more are asked for', async () => {
  let given = 0;
  const { kept, text } = await keep(1e12, function* () {
    for (;;) yield { id: BigInt(++given) };
  });
  expect(kept).toEqual({ rows: 1e12, file: 'rows.jsonl', kept: 100_000 });
  expect(given).toBe(100_000);
  expect(text.split('\n')).toHaveLength(100_001);
  expect(text.endsWith('{"id":100000}\n')).toBe(true);
});

test('values are written exactly', async () => {
  const row = {
    big: 9007199254740993n,
    real: 0.1,
    infinite: Number.POSITIVE_INFINITY,
    nothing: null,
    bytes: Buffer.from([0, 255]),
    'a "b"': 'line\u2028\n\ud800',
    changed: { age: 1n },
  };
  expect((await keep(1, () => [row])).text).toBe(
    '{"big":9007199254740993,"real":0.1,"infinite":"Infinity","nothing":null,"bytes":"00ff","a \\"b\\"":"line\u2028\\n\\ud800","changed":{"age":1}}\n',
  );
});

test('nothing is written through a link in the place of the folder', async () => {
  const users = await nineUsers();
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  symlinkSync(elsewhere, join(folder, 'run'));
  const spec: CheckSpec = { kind: 'accepted_range', column: 'id', max: 8 };
  await expect(users.check(spec, { rowsFolder: { root: folder, parts: ['run'] } })).rejects.toThrow(
    join(dirname(join(folder, 'run', 'x')), 'failing-rows-1-accepted_range.jsonl'),
  );
  expect(readdirSync(elsewhere)).toEqual([]);
});
