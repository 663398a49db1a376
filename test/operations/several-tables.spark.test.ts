import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

const script = `
import sys
from pyspark.sql import SparkSession
from sparkctl_io import write_sqlite

run_id, database = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
orders = spark.read.schema("id long, customer string").json("data/orders.jsonl")
customers = orders.select("customer").distinct()
for again in (False, True):
    first = write_sqlite(customers, database, "customers", mode="overwrite", key=["customer"], run_id=run_id)
    second = write_sqlite(orders, database, "orders", mode="overwrite", key=["id"], run_id=run_id)
    assert (first.repeated, second.repeated) == (again, again), (first, second)
spark.stop()
`;

const manifest = `
input: { path: data/orders.jsonl }
database:
  path: data/shop.db
  table:
    name: orders
    primaryKey: [id]
    columns: [{ name: id, type: integer }, { name: customer, type: text }]
arguments: ["\${run}", "\${database}"]
checks: [{ kind: accounting }, { kind: checksum }]
`;

beforeAll(async () => {
  project = temporaryProject();
  await project.write('jobs/shop.py', script);
  await project.write('jobs/shop.yaml', manifest);
  await project.write(
    'data/orders.jsonl',
    '{"id":1,"customer":"Ada"}\n{"id":2,"customer":"Bob"}\n{"id":3,"customer":"Ada"}\n',
  );
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

it('has every table of a run, each with its row in the ledger, and a repeat changes none', async () => {
  const { stdout, stderr, exitCode } = await sparkctl(
    ['submit', '--master', 'local[2]', '--json', 'jobs/shop.py'],
    { cwd: project.folder },
  );
  expect(exitCode, stderr).toBe(0);
  const run = JSON.parse(stdout);
  expect(run.checks.map(({ kind, status }: { kind: string; status: string }) => [kind, status])).toEqual([
    ['accounting', 'held'],
    ['checksum', 'held'],
  ]);
  const database = new Sqlite(project.path('data/shop.db'), { readonly: true });
  const rows = (sql: string) => database.prepare(sql).raw().all();
  expect(rows('SELECT customer FROM customers ORDER BY 1')).toEqual([['Ada'], ['Bob']]);
  expect(rows('SELECT id, customer FROM orders ORDER BY 1')).toEqual([
    [1, 'Ada'],
    [2, 'Bob'],
    [3, 'Ada'],
  ]);
  expect(rows('SELECT run_id, target, read, loaded FROM sparkctl_runs ORDER BY rowid')).toEqual([
    [run.id, 'customers', 2, 2],
    [run.id, 'orders', 3, 3],
  ]);
  database.close();
});
