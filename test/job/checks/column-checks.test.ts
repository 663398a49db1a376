import { describe, expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { loadedUsers, usersIn } from './loaded-users.ts';

type Case = readonly [spec: CheckSpec, name: string, tamper: string, failed: Record<string, unknown>];

/** Each holds of what was loaded, and no longer after it was tampered with. */
const cases: readonly Case[] = [
  [
    { kind: 'accepted_values', column: 'city', values: ['Paris', 'Łódź'] },
    'accepted_values (city)',
    "UPDATE users SET city = 'Ulm' WHERE id IN (2, 5)",
    {
      expected: 'every city is one of "Paris", "Łódź"',
      found: 'in 2 of 9 rows city is none of them',
      detail: 'id 2: city is "Ulm".\nid 5: city is "Ulm".',
    },
  ],
  [
    { kind: 'accepted_range', column: 'age', min: 0, max: 150 },
    'accepted_range (age)',
    'UPDATE users SET age = -1 WHERE id = 1; UPDATE users SET age = 151 WHERE id = 3',
    {
      expected: 'every age is at least 0 and at most 150',
      found: 'in 2 of 9 rows age is not',
      detail: 'id 1: age is -1.\nid 3: age is 151.',
    },
  ],
  [
    { kind: 'accepted_range', column: 'created_at', min: '2000-01-01T00:00:00.000Z' },
    'accepted_range (created_at)',
    "UPDATE users SET created_at = '1999-12-31T23:59:59.999Z' WHERE id = 4",
    {
      expected: 'every created_at is at least 2000-01-01T00:00:00.000Z',
      detail: 'id 4: created_at is "1999-12-31T23:59:59.999Z".',
    },
  ],
  [
    { kind: 'relationships', column: 'city', to: { table: 'cities', column: 'name' } },
    'relationships (city to cities.name)',
    "DELETE FROM cities WHERE name = 'Paris'",
    { expected: 'every city is in cities.name', found: 'in 9 of 9 rows city is not in it' },
  ],
  [
    { kind: 'row_count', min: 5, max: 9 },
    'row_count',
    'DELETE FROM users WHERE id > 2',
    { expected: 'at least 5 and at most 9 rows', found: '2 rows' },
  ],
  [
    { kind: 'row_count', max: 9 },
    'row_count',
    "INSERT INTO users VALUES (10, 'a', 1, 'e', 1.5, 'c', 't')",
    { expected: 'at most 9 rows', found: '10 rows' },
  ],
];

async function fewUsers() {
  const users = await loadedUsers(20);
  users.tamper(`CREATE TABLE cities (name TEXT PRIMARY KEY); INSERT INTO cities VALUES ('Paris'), ('Łódź');
    UPDATE users SET city = 'Paris'; DELETE FROM users WHERE id > (SELECT id FROM users ORDER BY id LIMIT 1 OFFSET 8);
    UPDATE users SET id = (SELECT count(*) FROM users AS u WHERE u.id <= users.id)`);
  return users;
}

describe('checks of columns', () => {
  test.each(cases)('%o', async (spec, name, tamper, failed) => {
    const users = await fewUsers();
    expect(await users.check(spec)).toMatchObject({ kind: spec.kind, name, status: 'held' });
    users.tamper(tamper);
    expect(await users.check(spec)).toMatchObject({ kind: spec.kind, name, status: 'failed', ...failed });
  });

  test('empty values break not_null, and no other', async () => {
    const users = await fewUsers();
    users.tamper(
      'CREATE TABLE notes (id INTEGER PRIMARY KEY, score REAL); INSERT INTO notes VALUES (1, 2.5), (2, NULL)',
    );
    const table = {
      name: 'notes',
      primaryKey: ['id'],
      columns: [
        { name: 'id', type: 'integer' as const, nullable: false },
        { name: 'score', type: 'real' as const, nullable: true },
      ],
    };
    const ask = (spec: CheckSpec) => users.check(spec, { target: { ...usersIn(users.databasePath), table } });
    expect(await ask({ kind: 'not_null', column: 'score' })).toMatchObject({
      name: 'not_null (score)',
      status: 'failed',
      expected: 'a score in every row',
      found: 'in 1 of 2 rows score is empty',
      detail: 'id 2: score is empty.',
    });
    expect(await ask({ kind: 'accepted_range', column: 'score', min: 3 })).toMatchObject({
      found: 'in 1 of 2 rows score is not',
      detail: 'id 1: score is 2.5.',
    });
    expect(await ask({ kind: 'accepted_values', column: 'score', values: [2.5] })).toMatchObject({
      status: 'held',
    });
  });

  test('a table or column that another one is to refer to and is not there fails by name', async () => {
    const users = await fewUsers();
    const to = (table: string, column: string) =>
      ({ kind: 'relationships', column: 'city', to: { table, column } }) as const;
    expect(await users.check(to('nowhere', 'name'))).toMatchObject({
      status: 'failed',
      found: 'there is no table nowhere',
    });
    expect(await users.check(to('cities', 'nom'))).toMatchObject({
      status: 'failed',
      found: 'the table cities has no column nom',
    });
  });

  test.each<[CheckSpec, string]>([
    [{ kind: 'not_null', column: 'emial' }, 'did you mean "email"?'],
    [
      { kind: 'accepted_values', column: 'age', values: ['1'] },
      '"1" is no value of the integer column "age"',
    ],
    [{ kind: 'accepted_range', column: 'age' }, 'it needs min, max or both'],
    [
      { kind: 'accepted_range', column: 'created_at', max: 3 },
      '3 is no value of the timestamp column "created_at"',
    ],
    [{ kind: 'accepted_range', column: 'age', min: 3, max: 2 }, '2 is less than min, which is 3'],
    [{ kind: 'freshness', column: 'created_a', maxAge: '1d' }, 'did you mean "created_at"?'],
    [{ kind: 'freshness', column: 'age', maxAge: '1d' }, 'the integer column "age" has no times'],
    [{ kind: 'row_count', min: 3, max: 2, change: 1 }, '2 is less than min, which is 3'],
    [{ kind: 'row_count' }, 'it needs min, max or both'],
    [{ kind: 'row_count', min: 3, max: 2 }, '2 is less than min, which is 3'],
  ])('%o is a mistake that is told before anything runs', async (spec, problem) => {
    const users = await loadedUsers(10);
    await expect(users.check(spec)).rejects.toThrow(problem);
  });
});
