import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guideExample } from '../support/guide.ts';
import { projectWithCluster } from '../support/running-cluster.ts';
import { executorsSoon } from '../support/soon.ts';
import { sparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

const longestJob = 40;
const header = 'id,customer,price,weight,ordered,changed,paid,note';
const lines = Array.from({ length: 20_000 }, (_, index) => order(index + 1));
// The copy of a line whose key is its own, so that it does not matter which of the two Spark keeps.
for (let index = 700; index < lines.length; index += 700) lines.push(lines[index] ?? '');

let project: TemporaryProject;

beforeAll(async () => {
  project = await projectWithCluster(2);
  await project.write('jobs/orders.py', await guideExample('python', 'ORDERS = '));
  await project.write('jobs/orders.yaml', await guideExample('yaml', 'data/orders.csv'));
  await project.write('data/orders.csv', `${[header, ...lines].join('\n')}\n`);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** An order, and by turns what can be wrong with one. */
function order(id: number): string {
  const milliseconds = Date.UTC(2026, 0, 1) + id * 977_777;
  const day = new Date(milliseconds).toISOString().slice(0, 10);
  const values: Record<string, string> = {
    id: String(id),
    customer: `"Customer ${id % 97}, ""${'äöü'[id % 3]}"""`,
    price: `${id % 1000}.${String(id % 100).padStart(2, '0')}`,
    weight: id % 5 === 0 ? '' : String((id % 400) / 8),
    ordered: day,
    changed: `${new Date(milliseconds).toISOString().slice(0, 19)}.${String(id).padStart(6, '0')}Z`,
    paid: String(id % 2 === 0),
    note: '',
    ...flaw(id),
  };
  return Object.values(values).join(',');
}

function flaw(id: number): Record<string, string> {
  if (id % 101 === 0) return { id: '' };
  if (id % 103 === 0) return { price: `-${id % 50}.50` };
  if (id % 107 === 0) return { ordered: '2026-02-30' };
  if (id % 109 === 0) return { id: String(id - 1), note: 'corrected' };
  if (id % 113 === 0) return { customer: 'test' };
  if (id % 127 === 0) return { changed: 'yesterday' };
  if (id % 131 === 0) return { price: '' };
  if (id % 137 === 0) return { customer: '" "' };
  return {};
}

/** The fate of each line by the rules of the job, found out without it; and the table that it must have made. */
function expectation() {
  const table = new Map<number, readonly (string | number | null)[]>();
  const said = new Set<string>();
  const fates = new Map<string, number>();
  const count = (fate: string) => fates.set(fate, (fates.get(fate) ?? 0) + 1);
  for (const line of lines) {
    const [id = '', customer = '', price = '', weight = '', ordered = '', changed = '', paid = ''] =
      fieldsOf(line);
    const instant = /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/.test(changed);
    if (!isDay(ordered) || !instant) count('wrong-type');
    else if (customer === 'test') count('filtered');
    else if (said.has([id, customer, price, weight, ordered, changed, paid].join('\0'))) count('filtered');
    else {
      said.add([id, customer, price, weight, ordered, changed, paid].join('\0'));
      if (id === '') count('missing-key');
      else if (customer.trim() === '' || price === '') count('missing-value');
      else if (price.startsWith('-')) count('negative-price');
      else if (table.has(Number(id))) count('duplicates');
      else {
        const to = changed.endsWith('000Z') ? `${changed.slice(0, -4)}Z` : changed;
        const number = weight === '' ? null : Number(weight);
        table.set(Number(id), [
          Number(id),
          customer,
          Number(price),
          number,
          ordered,
          to,
          paid === 'true' ? 1 : 0,
        ]);
      }
    }
  }
  const { filtered = 0, duplicates = 0, ...reasons } = Object.fromEntries(fates);
  const quarantined = Object.values(reasons).reduce((sum, rows) => sum + rows, 0);
  return {
    accounting: { read: lines.length, loaded: table.size, quarantined, duplicates, filtered, reasons },
    rows: [...table.values()].sort(([a], [b]) => Number(a) - Number(b)),
  };
}

function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

it('the orders of the guide are verified at their first run, and each line is accounted for', async () => {
  expect((await guideExample('python', 'ORDERS = ')).split('\n').length - 1).toBeLessThanOrEqual(longestJob);
  const words = ['submit', ...executorsSoon, '--json', 'jobs/orders.py'];
  const { exitCode, stdout, stderr } = await sparkctl(words, { cwd: project.folder });
  expect(exitCode, stderr).toBe(0);
  const run = JSON.parse(stdout);
  const { accounting, rows } = expectation();
  expect(run.accounting).toEqual(accounting);
  for (const [fate, count] of Object.entries({ ...accounting, ...accounting.reasons, reasons: 1 })) {
    expect(count, fate).toBeGreaterThan(0);
  }
  expect(run.checks.map(({ kind, status }: { kind: string; status: string }) => [kind, status])).toEqual([
    ['accounting', 'held'],
    ['schema', 'held'],
    ['unique', 'held'],
    ['accepted_range', 'held'],
    ['accepted_range', 'held'],
    ['checksum', 'held'],
  ]);
  const database = new Sqlite(project.path('data/shop.db'), { readonly: true });
  expect(database.prepare('SELECT * FROM orders ORDER BY id').raw().all()).toEqual(rows);
  database.close();
  const logs = await sparkctl(['runs', 'logs'], { cwd: project.folder });
  expect(logs.stdout).toBe(`${accounting.loaded} of ${accounting.read} lines are in the table\n`);
});
