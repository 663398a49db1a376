import { sparkTest } from 'sparkctl/vitest';

const test = sparkTest({ workers: 1 });

test('users are loaded, and every bad line is kept', async ({ spark, expect }) => {
  const run = await spark.submit('jobs/users.py');
  expect(run).toHaveSucceeded();
  const { read, loaded, quarantined } = run.accounting ?? {};
  expect(read).toBe(500);
  expect(await spark.table(run)).toHaveLength(loaded ?? -1);
  const { path = '' } = run.database ?? {};
  expect(await spark.table({ path, table: 'users_quarantine' })).toHaveLength(quarantined ?? -1);
});

test('more users are loaded from another seed', async ({ spark, expect }) => {
  const run = await spark.submit('jobs/users.py', { rows: 50, seed: 8 });
  expect(run).toHaveSucceeded();
  expect(run.accounting?.read).toBe(50);
});

test('a job without its arguments fails with its own error', async ({ spark, expect }) => {
  const run = await spark.submit('jobs/users.py', { useManifest: false });
  expect(run).toHaveFailed({ cause: 'application', message: 'ValueError' });
});
