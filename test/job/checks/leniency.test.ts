import { expect, test } from 'vitest';
import { rowsOf } from '../../../src/job/checks/amount.ts';
import { type CheckSpec, checkSpec } from '../../../src/job/checks/registry.ts';
import { loadedUsers } from './loaded-users.ts';

const adults = { kind: 'accepted_range', column: 'age', min: 0 } as const;

/** Nine users, two of which have an age that is none. */
async function twoOfNine() {
  const users = await loadedUsers(20);
  users.tamper(`DELETE FROM users WHERE id > (SELECT id FROM users ORDER BY id LIMIT 1 OFFSET 8);
    UPDATE users SET age = 30; UPDATE users SET age = -1 WHERE id IN (SELECT id FROM users ORDER BY id LIMIT 2)`);
  return users;
}

test.each<[Partial<CheckSpec>, string, string]>([
  [{}, 'failed', 'in 2 of 9 rows age is not'],
  [{ severity: 'error' }, 'failed', 'in 2 of 9 rows age is not'],
  [{ severity: 'warn' }, 'warned', 'in 2 of 9 rows age is not'],
  [{ tolerate: 0 }, 'failed', 'in 2 of 9 rows age is not (tolerated: 0 rows)'],
  [{ tolerate: 1 }, 'failed', 'in 2 of 9 rows age is not (tolerated: 1 row)'],
  [{ tolerate: 2 }, 'held', 'in 2 of 9 rows age is not (tolerated: 2 rows)'],
  [{ tolerate: '22.2%' }, 'failed', 'in 2 of 9 rows age is not (tolerated: 22.2%)'],
  [{ tolerate: '22.3%' }, 'held', 'in 2 of 9 rows age is not (tolerated: 22.3%)'],
  [{ tolerate: 1, severity: 'warn' }, 'warned', 'in 2 of 9 rows age is not (tolerated: 1 row)'],
])('with %o two wrong rows of nine are %s', async (leniency, status, found) => {
  const users = await twoOfNine();
  const result = await users.check({ ...adults, ...leniency } as CheckSpec);
  expect(result).toMatchObject({ status, found, faulty: { rows: 2 } });
});

test('a check that holds has nothing to be lenient about', async () => {
  const users = await loadedUsers(20);
  const result = await users.check({ ...adults, tolerate: 5, severity: 'warn' });
  expect(result).toMatchObject({
    status: 'held',
    found: expect.stringMatching(/^none of \d+ rows breaks it$/),
  });
  expect(result).not.toHaveProperty('faulty');
});

test('rows that repeat and rows that a query finds are counted, too', async () => {
  const users = await twoOfNine();
  const unique: CheckSpec = { kind: 'unique', columns: ['age'] };
  expect(await users.check({ ...unique, tolerate: 8 })).toMatchObject({
    status: 'failed',
    faulty: { rows: 9 },
  });
  expect(await users.check({ ...unique, tolerate: '100%' })).toMatchObject({ status: 'held' });
  const query = { kind: 'query', name: 'few', sql: 'SELECT id FROM users WHERE age < 0' } as const;
  expect(await users.check({ ...query, tolerate: 2 })).toMatchObject({
    status: 'held',
    found: '2 rows (tolerated: 2 rows)',
  });
});

test('what makes a result unreadable is no warning', async () => {
  const users = await loadedUsers(10);
  users.tamper('DROP TABLE users');
  expect(await users.check({ ...adults, severity: 'warn', tolerate: '100%' })).toMatchObject({
    status: 'failed',
  });
});

test.each([
  [{ ...adults, tolerate: 5, severity: 'warn' }, true],
  [{ ...adults, tolerate: '0.1%' }, true],
  [{ kind: 'schema', severity: 'warn' }, true],
  [{ kind: 'query', name: 'n', sql: 'SELECT 1', tolerate: 3 }, true],
  [{ kind: 'query', name: 'n', sql: 'SELECT 1', tolerate: '1%' }, false],
  [{ kind: 'schema', tolerate: 1 }, false],
  [{ kind: 'row_count', min: 1, tolerate: 1 }, false],
  [{ ...adults, tolerate: -1 }, false],
  [{ ...adults, tolerate: 1.5 }, false],
  [{ ...adults, tolerate: '5' }, false],
  [{ ...adults, tolerate: '1 %' }, false],
  [{ ...adults, tolerate: '-1%' }, false],
  [{ ...adults, tolerate: '1e1%' }, false],
  [{ ...adults, severity: 'warning' }, false],
])('%o is understood: %s', (spec, understood) => {
  expect(checkSpec.safeParse(spec).success).toBe(understood);
});

test('a percentage is as exact as its decimal digits', () => {
  expect(rowsOf('0.07%', 10_000)).toBe(7);
  expect(rowsOf('0.1%', 999)).toBe(0);
  expect(rowsOf('29%', 100)).toBe(29);
  expect(rowsOf(12, 1)).toBe(12);
});
