import { writeFile } from 'node:fs/promises';
import { sparkTest } from 'sparkctl/vitest';

const test = sparkTest({ workers: 1 });

test('the orders of each customer are added up', async ({ spark, expect }) => {
  const run = await spark.submit('jobs/totals.py');
  expect(run).toHaveSucceeded();
  expect(await spark.table(run)).toEqualRows([
    { customer: 'Ada', orders: 2, total: 1027.4 },
    { customer: 'Grace', orders: 2, total: 5.1 },
  ]);
});

test('an order of nothing counts, one below nothing does not', async ({ spark, expect }) => {
  const [input, database] = [spark.path('orders.csv'), spark.path('totals.db')];
  await writeFile(input, 'id,customer,price\n1,Ada,0.00\n2,Ada,-1.00\n');
  const run = await spark.submit('jobs/totals.py', {
    useManifest: false,
    applicationArguments: [input, database, 'test'],
  });
  expect(run).toHaveSucceeded();
  expect(await spark.table({ path: database, table: 'totals' })).toEqualRows([
    { customer: 'Ada', orders: 1, total: 0 },
  ]);
});
