import { expect, test } from 'vitest';
import { checkSpec } from '../../../src/job/checks/registry.ts';
import { loadedUsers } from './loaded-users.ts';

const hour = 3_600_000;
const ago = (durationMs: number) => new Date(Date.now() - durationMs).toISOString();

async function newestOf(created: string | undefined, maxAge = '2d') {
  const users = await loadedUsers(20);
  users.tamper("UPDATE users SET created_at = '2001-02-03T04:05:06.000Z'");
  users.tamper(
    created === undefined
      ? 'DELETE FROM users'
      : `UPDATE users SET created_at = '${created}' WHERE id = (SELECT max(id) FROM users)`,
  );
  return await users.check({ kind: 'freshness', column: 'created_at', maxAge });
}

test.each([
  [ago(47 * hour), '2d', 'held', '1 d 23 h ago'],
  [ago(49 * hour), '2d', 'failed', '2 d 1 h ago'],
  [ago(89 * 60_000), '1h30m', 'held', '1 h 29 min ago'],
  [ago(91 * 60_000), '1h30m', 'failed', '1 h 31 min ago'],
  [ago(-24 * hour), '1d', 'held', 'still to come'],
  // A day and less: it begins at midnight in UTC.
  [ago(0).slice(0, 10), '1d', 'held', 'ago'],
  [ago(49 * hour).slice(0, 10), '2d', 'failed', 'ago'],
  // Without a zone it is UTC, whatever the zone of this machine.
  [
    ago(2 * hour)
      .slice(0, 19)
      .replace('T', ' '),
    '3h',
    'held',
    '2 h ago',
  ],
  [`${ago(2 * hour).slice(0, 19)}+00:00`, '1h', 'failed', '2 h ago'],
])('a newest value of %s with maxAge %s: %s', async (created, maxAge, status, words) => {
  expect(await newestOf(created, maxAge)).toMatchObject({
    name: 'freshness (created_at)',
    status,
    expected: `a created_at within ${maxAge} of now`,
    found: expect.stringMatching(new RegExp(`^${created.replace('+', '\\+')} as the newest, .*${words}$`)),
  });
});

test('a table without a value is not fresh, nor is one whose greatest value is no time', async () => {
  expect(await newestOf(undefined)).toMatchObject({ status: 'failed', found: 'none at all' });
  expect(await newestOf('soon')).toMatchObject({ status: 'failed', found: '"soon", which is no time' });
  expect(await newestOf('2999-13-01')).toMatchObject({ found: '"2999-13-01", which is no time' });
});

test.each(['', '2', '2 d', 'd', '-1d', '0d', '1w', '1d!'])('%j is no duration', (maxAge) => {
  expect(checkSpec.safeParse({ kind: 'freshness', column: 'c', maxAge }).success).toBe(false);
});
