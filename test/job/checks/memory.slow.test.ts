import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiledSources } from '../datasets/compiled-sources.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';
import { specs, usersTable } from './loaded-users.ts';

const load = `
  const [sources, folder, table] = process.argv.slice(1);
  const Sqlite = (await import(sources + '../node_modules/better-sqlite3/lib/index.js')).default;
  const { generateDataset } = await import(sources + 'job/datasets/generate-dataset.js');
  const { regenerateLoadedRows } = await import(sources + 'job/datasets/registry.js');
  const { createDatabase } = await import(sources + 'job/targets/sqlite/create-database.js');
  const { ledger } = await generateDataset({ dataset: 'users', seed: 1, rows: 1_000_000, defects: { emailSpaces: 0.1 }, path: folder + '/users.jsonl' });
  await createDatabase(folder + '/users.db', JSON.parse(table));
  const sqlite = new Sqlite(folder + '/users.db');
  const insert = sqlite.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)');
  sqlite.exec('BEGIN');
  for (const { values } of await regenerateLoadedRows(ledger)) insert.run(values);
  sqlite.exec('COMMIT');`;

const check = `
  const [sources, folder, table, checks] = process.argv.slice(1);
  const { runChecks } = await import(sources + 'job/checks/run-checks.js');
  const { readLedger } = await import(sources + 'job/datasets/ledger.js');
  const inputFiles = [folder + '/users.jsonl'];
  const ledger = await readLedger(inputFiles[0]);
  const results = await runChecks({ target: { kind: 'database', path: folder + '/users.db', table: JSON.parse(table) }, checks: JSON.parse(checks), ledger, inputFiles });
  console.log(JSON.stringify({ statuses: results.map(({ status }) => status), maxRssKb: process.resourceUsage().maxRSS }));`;

test('a million rows are checked in less than 150 MB', { timeout: 180_000 }, () => {
  const facts = [
    compiledSources(),
    temporaryFolder(),
    JSON.stringify(usersTable),
    JSON.stringify(Object.values(specs)),
  ];
  const run = (program: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program, ...facts], { encoding: 'utf8' });
  run(load);
  const { statuses, maxRssKb } = JSON.parse(run(check)) as { statuses: string[]; maxRssKb: number };
  expect(statuses).toEqual(['held', 'held', 'held', 'held', 'held']);
  expect(maxRssKb / 1000).toBeLessThan(150);
});
