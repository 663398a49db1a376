import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { loadedUsers, specs } from './loaded-users.ts';

const name = 'unique (id)';

test('rows that all differ hold', async () => {
  const users = await loadedUsers();
  expect(await users.check(specs.unique)).toEqual({
    kind: 'unique',
    name,
    status: 'held',
    expected: 'no two rows with the same id',
    found: 'none among 303 rows',
  });
});

test('rows that are there twice, in a table without its key', async () => {
  const users = await loadedUsers();
  users.tamper(`CREATE TABLE other AS SELECT * FROM users UNION ALL SELECT * FROM users WHERE id < 8 UNION ALL SELECT * FROM users WHERE id = 2;
    DROP TABLE users; ALTER TABLE other RENAME TO users`);
  expect(await users.check(specs.unique)).toEqual({
    kind: 'unique',
    name,
    status: 'failed',
    expected: 'no two rows with the same id',
    found: '6 values that more than one row has',
    detail: 'id 1 is in 2 rows.\nid 2 is in 3 rows.\nid 3 is in 2 rows.',
    faulty: { rows: 13 },
  });
});

test('several columns together', async () => {
  const users = await loadedUsers();
  const spec: CheckSpec = { kind: 'unique', columns: ['city', 'name'] };
  expect(await users.check(spec)).toMatchObject({ name: 'unique (city, name)', status: 'held' });
  users.tamper(`UPDATE users SET city = 'Łódź', name = 'Zoë "Z"' WHERE id IN (1, 2)`);
  expect(await users.check(spec)).toMatchObject({
    status: 'failed',
    expected: 'no two rows with the same city, name',
    found: '1 value that more than one row has',
    detail: 'city "Łódź", name "Zoë \\"Z\\"" is in 2 rows.',
  });
});
