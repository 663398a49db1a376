import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loadedUsers } from '../job/checks/loaded-users.ts';
import { judge, remember, type UsersTable } from './independently.ts';

// Each asks another program several times, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** A database with what a correct load leaves, and its table as the judge sees it. */
async function loaded() {
  const { databasePath: database, dataPath, tamper } = await loadedUsers(200);
  const project = dirname(database);
  const input = join(project, 'data/users.jsonl');
  cpSync(dataPath, input, { recursive: true });
  const table: UsersTable = { project, database, inputs: [input] };
  return { table, tamper };
}

const nothing = { rows: 0, tables: {} };

it('calls a correct load new, and one that nothing changed old', async () => {
  const { table } = await loaded();
  expect(await judge(table, nothing)).toMatchObject({ integrity: 'ok', version: 'new', why: [] });
  expect(await judge(table, await remember(table))).toMatchObject({
    integrity: 'ok',
    version: 'old',
    why: [],
  });
});

it.each([
  ["UPDATE users SET city = city || ' ' WHERE id = (SELECT max(id) FROM users)", /^checksum: /],
  ['DELETE FROM users WHERE id = (SELECT max(id) FROM users)', /^rows: \d+ instead of \d+/],
  ["UPDATE users_quarantine SET reason = 'wrong-type' WHERE reason = 'malformed-json'", /^reasons: /],
  [
    "UPDATE users_quarantine SET raw = raw || ' ' WHERE line = (SELECT min(line) FROM users_quarantine)",
    /^quarantineChecksum: /,
  ],
  [
    "UPDATE users_quarantine SET run_id = 'r' WHERE line = (SELECT min(line) FROM users_quarantine)",
    /^lines of other runs: 1/,
  ],
  [
    'UPDATE sparkctl_runs SET filtered = 1',
    /^filtered: 1 instead of 0; sum of the parts: 201 instead of 200$/,
  ],
  ["UPDATE sparkctl_runs SET checksum = 'a'", /^recorded checksum: a instead of [0-9a-f]{24}$/],
  ['DROP TABLE users_quarantine', /^no table users_quarantine$/],
  ['DELETE FROM sparkctl_runs', /^no run of users in sparkctl_runs$/],
])('calls it neither after %s', async (sql, why) => {
  const { table, tamper } = await loaded();
  const old = await remember(table);
  tamper(sql);
  const judged = await judge(table, old);
  expect(judged).toMatchObject({ integrity: 'ok', version: 'neither' });
  expect(judged.why.join('; ')).toMatch(why);
});
