import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { loadedUsers } from './loaded-users.ts';

const previous = { run: 'etl-20260131-120000-aaaaaa', rows: 10 };

/** Asks a table of so many rows. */
async function of(
  rows: number,
  spec: Omit<Extract<CheckSpec, { kind: 'row_count' }>, 'kind'>,
  before?: typeof previous,
) {
  const users = await loadedUsers(20);
  users.tamper(`DELETE FROM users; WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO users SELECT i, 'n', 1, 'e', 1.5, 'c', 't' FROM n`);
  return await users.check({ kind: 'row_count', ...spec }, { previous: before });
}

test.each([
  [8, '20%', 'held', '8 rows, 2 less than after run etl-20260131-120000-aaaaaa'],
  [7, '20%', 'failed', '7 rows, 3 less than after run etl-20260131-120000-aaaaaa'],
  [12, '20%', 'held', '12 rows, 2 more than after run etl-20260131-120000-aaaaaa'],
  [13, '20%', 'failed', '13 rows, 3 more than after run etl-20260131-120000-aaaaaa'],
  [10, 0, 'held', '10 rows, as many as after run etl-20260131-120000-aaaaaa'],
  [11, 0, 'failed', '11 rows, 1 more than after run etl-20260131-120000-aaaaaa'],
  [11, 1, 'held', '11 rows, 1 more than after run etl-20260131-120000-aaaaaa'],
  [30, '200%', 'held', '30 rows, 20 more than after run etl-20260131-120000-aaaaaa'],
] as const)('%i rows after ten with change %s: %s', async (rows, change, status, found) => {
  expect(await of(rows, { change }, previous)).toMatchObject({ name: 'row_count', status, found });
});

test('limits and change must both hold', async () => {
  expect(await of(9, { min: 10, change: '20%' }, previous)).toMatchObject({
    status: 'failed',
    expected: 'at least 10 and at most 20% more or less than 10 rows',
  });
  expect(await of(9, { min: 5, max: 9, change: '20%' }, previous)).toMatchObject({ status: 'held' });
});

test('without an earlier run the limits alone are judged, and change alone is skipped', async () => {
  expect(await of(9, { change: 5 })).toMatchObject({
    status: 'skipped',
    expected: 'at most 5 rows more or less than after the run before',
    detail: 'No earlier run of this job has succeeded and recorded the rows of its table.',
  });
  expect(await of(9, { min: 9, change: 5 })).toMatchObject({ status: 'held' });
  expect(await of(9, { max: 8, change: 5 })).toMatchObject({ status: 'failed' });
});
