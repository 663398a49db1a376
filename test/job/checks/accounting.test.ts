import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkResult } from '../../../src/job/checks/run-checks.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';
import { loadedUsers, specs, usersIn } from './loaded-users.ts';

const whole = 'read 400 = loaded 303 + quarantined 85 + duplicates 12 + filtered 0';
const held = { kind: 'accounting', name: 'accounting', status: 'held', found: whole };

test('a correct load holds: with the ledger, without, without the run, and in a job that records no runs', async () => {
  const users = await loadedUsers();
  const expected = `${whole}, as the ledger says`;
  expect(await users.check(specs.accounting)).toEqual({ ...held, expected });
  expect(await users.check(specs.accounting, { runId: undefined })).toEqual({ ...held, expected });
  expect(await users.check(specs.accounting, { ledger: undefined })).toEqual({
    ...held,
    expected: `${whole}, as the run recorded`,
  });
  users.tamper('DROP TABLE sparkctl_runs');
  expect(await users.check(specs.accounting, { ledger: undefined })).toEqual({
    ...held,
    expected: 'read = loaded + quarantined + duplicates + filtered',
  });
});

test('rows that a job has made beyond one for each line are added to those that were read', async () => {
  const users = await loadedUsers();
  users.tamper(`ALTER TABLE sparkctl_runs ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
    UPDATE sparkctl_runs SET added = 1, loaded = 304;
    INSERT INTO users VALUES (9999, 'a', 1, 'a@b.cc', 1, 'c', 'd')`);
  const found = 'read 400 + added 1 = loaded 304 + quarantined 85 + duplicates 12 + filtered 0';
  const expected = `${found}, as the run recorded`;
  expect(await users.check(specs.accounting, { ledger: undefined })).toEqual({ ...held, expected, found });
});

test('rows in which a job has repaired a value are among those that it has loaded', async () => {
  const users = await loadedUsers();
  const accounting = async () => {
    const { databasePath, dataPath, ledger } = users;
    const target = usersIn(databasePath);
    const request = { target, checks: [specs.accounting], ledger, inputFiles: [dataPath], runId: 'run-1' };
    return (await checkResult(request)).accounting;
  };
  users.tamper('ALTER TABLE sparkctl_runs ADD COLUMN repaired INTEGER NOT NULL DEFAULT 0');
  expect(await accounting()).not.toHaveProperty('repaired');
  users.tamper('UPDATE sparkctl_runs SET repaired = 14');
  expect(await accounting()).toMatchObject({ loaded: 303, repaired: 14 });
});

test('the header of a file of CSV is no row', async () => {
  const users = await loadedUsers(0);
  const folder = temporaryFolder();
  const inputFiles = ['with-rows.csv', 'header-only.csv', 'empty.csv'].map((name) => join(folder, name));
  const contents = ['id,name\n1,a\n\n2,b\n', '\uFEFFid,name', ''];
  for (const [index, path] of inputFiles.entries()) writeFileSync(path, contents[index] ?? '');
  users.tamper(`DROP TABLE sparkctl_runs; DROP TABLE users_quarantine;
    INSERT INTO users VALUES (1, 'a', 1, 'a@b.cc', 1, 'c', 'd'), (2, 'a', 1, 'a@b.cc', 1, 'c', 'd')`);
  const request = { ledger: undefined, runId: undefined, inputFiles, inputFormat: 'csv' } as const;
  expect(await users.check(specs.accounting, request)).toMatchObject({
    status: 'held',
    found: 'read 2 = loaded 2 + quarantined 0 + duplicates 0 + filtered 0',
  });
});

test('a file that was only loaded, without quarantine, run or ledger', async () => {
  const users = await loadedUsers(0);
  const input = join(temporaryFolder(), 'own.jsonl');
  writeFileSync(input, '\uFEFF{"id":1}\r\n\r\n{"id":2}');
  users.tamper(`DROP TABLE sparkctl_runs; DROP TABLE users_quarantine;
    INSERT INTO users VALUES (1, 'a', 1, 'a@b.cc', 1, 'c', 'd'), (2, 'a', 1, 'a@b.cc', 1, 'c', 'd')`);
  expect(
    await users.check(specs.accounting, { ledger: undefined, runId: undefined, inputFiles: [input, input] }),
  ).toEqual({
    ...held,
    status: 'failed',
    expected: 'read = loaded + quarantined + duplicates + filtered',
    found: 'read 4 is not loaded 2 + quarantined 0 + duplicates 0 + filtered 0',
    detail: '2 of the lines read are neither loaded nor in the quarantine.',
  });
  expect(await users.check(specs.accounting, { ledger: undefined, inputFiles: [input] })).toMatchObject({
    status: 'held',
    found: 'read 2 = loaded 2 + quarantined 0 + duplicates 0 + filtered 0',
  });
});

test.each([
  [
    'a row that was lost',
    'DELETE FROM users WHERE id = (SELECT min(id) FROM users)',
    'read 400 is not loaded 302 + quarantined 85 + duplicates 12 + filtered 0',
    [
      '1 of the lines read are neither loaded nor in the quarantine.',
      'The run run-1 recorded loaded 303, but 302 are there.',
      'The ledger expects loaded 303, but 302 are there.',
    ],
  ],
  [
    'a row too many',
    `INSERT INTO users VALUES (9999, 'a', 1, 'a@b.cc', 1, 'c', 'd')`,
    'read 400 is not loaded 304 + quarantined 85 + duplicates 12 + filtered 0',
    [
      'There is 1 row more than lines that were read.',
      'The run run-1 recorded loaded 303, but 304 are there.',
      'The ledger expects loaded 303, but 304 are there.',
    ],
  ],
  [
    'a rejected line that was lost',
    `DELETE FROM users_quarantine WHERE line = (SELECT min(line) FROM users_quarantine WHERE reason = 'wrong-type')`,
    'read 400 is not loaded 303 + quarantined 84 + duplicates 12 + filtered 0',
    [
      '1 of the lines read are neither loaded nor in the quarantine.',
      'The run run-1 recorded quarantined 85, but 84 are there.',
      'The ledger expects wrong-type 21, but 20 are there.',
    ],
  ],
  [
    'a wrong reason',
    `UPDATE users_quarantine SET reason = 'invalid-email' WHERE line = (SELECT min(line) FROM users_quarantine WHERE reason = 'wrong-type')`,
    whole,
    [
      'The ledger expects invalid-email 16, but 17 are there.',
      'The ledger expects wrong-type 21, but 20 are there.',
    ],
  ],
  [
    'a duplicate that was quarantined instead',
    `UPDATE users_quarantine SET reason = 'invalid-value' WHERE line = (SELECT min(line) FROM users_quarantine WHERE reason = 'duplicate-key')`,
    'read 400 = loaded 303 + quarantined 86 + duplicates 11 + filtered 0',
    [
      'The run run-1 recorded quarantined 85, but 86 are there.',
      'The run run-1 recorded duplicates 12, but 11 are there.',
      'The ledger expects duplicate-key 12, but 11 are there.',
      'The ledger expects invalid-value 0, but 1 is there.',
    ],
  ],
  [
    'a reason that the ledger has not',
    `UPDATE users_quarantine SET reason = 'bad luck' WHERE reason = 'wrong-type'`,
    whole,
    [
      'The ledger expects wrong-type 21, but 0 are there.',
      'The ledger expects bad luck 0, but 21 are there.',
    ],
  ],
  [
    'another raw text',
    `UPDATE users_quarantine SET raw = raw || ' ' WHERE line = (SELECT min(line) FROM users_quarantine WHERE reason = 'duplicate-key')`,
    whole,
    [
      expect.stringMatching(
        /^The lines with the reason duplicate-key are not those of the ledger \(checksum [0-9a-f]{24}, expected [0-9a-f]{24}\)\. The first of them: (data\/users\.jsonl:\d+(, )?){3}\.$/,
      ),
    ],
  ],
  [
    'lines of another run',
    `UPDATE users_quarantine SET run_id = 'run-0' WHERE reason = 'wrong-type'`,
    whole,
    ['The quarantine holds lines of another run than run-1: run-0.'],
  ],
  [
    'a run that recorded something else',
    `UPDATE sparkctl_runs SET read = 401, filtered = 1`,
    'read 400 is not loaded 303 + quarantined 85 + duplicates 12 + filtered 1',
    [
      'There is 1 row more than lines that were read.',
      'The run run-1 recorded read 401, but 400 are there.',
      'The ledger expects filtered 0, but 1 is there.',
    ],
  ],
  [
    'a run whose figures do not add up',
    `UPDATE sparkctl_runs SET loaded = 302`,
    whole,
    [
      'The run run-1 recorded figures that do not add up: read 400 is not loaded 302 + quarantined 85 + duplicates 12 + filtered 0.',
      'The run run-1 recorded loaded 302, but 303 are there.',
    ],
  ],
])('%s', async (_what, sql, found, details) => {
  const users = await loadedUsers();
  users.tamper(sql);
  const { detail, ...result } = await users.check(specs.accounting);
  expect(result).toEqual({ ...held, status: 'failed', expected: `${whole}, as the ledger says`, found });
  expect(String(detail).split('\n')).toEqual(details);
});

test('an input that changed since', async () => {
  const users = await loadedUsers();
  appendFileSync(users.dataPath, '{}\n \n');
  expect(await users.check(specs.accounting)).toMatchObject({
    status: 'failed',
    found: 'read 401 is not loaded 303 + quarantined 85 + duplicates 12 + filtered 0',
    detail: [
      '1 of the lines read are neither loaded nor in the quarantine.',
      'The run run-1 recorded read 400, but 401 are there.',
      'The ledger expects read 400, but 401 are there.',
    ].join('\n'),
  });
});

test('a run that wrote other tables too is judged by what it recorded of this one', async () => {
  const users = await loadedUsers();
  users.tamper(
    `UPDATE sparkctl_runs SET rowid = 2; INSERT INTO sparkctl_runs (rowid, run_id, target, mode, read, loaded, quarantined, duplicates, filtered, committed_at)
     VALUES (1, 'run-1', 'cities', 'append', 7, 7, 0, 0, 0, '2026-01-01T00:00:01.000Z')`,
  );
  const asked = { ledger: undefined };
  expect(await users.check(specs.accounting, asked)).toMatchObject({ status: 'held', found: whole });
  expect(await users.check(specs.checksum, asked)).toMatchObject({ status: 'held' });
  users.tamper(`DELETE FROM sparkctl_runs WHERE target = 'users'`);
  users.tamper(
    `INSERT INTO sparkctl_runs SELECT 'run-0', 'users', mode, 400, 303, 85, 12, 0, committed_at, checksum FROM sparkctl_runs`,
  );
  expect((await users.check(specs.accounting, asked))['detail']).toContain(
    'The run run-1 never committed the table users. The last run into it was run-0, at ',
  );
});

test('a run that never committed', async () => {
  const users = await loadedUsers();
  expect(await users.check(specs.accounting, { runId: 'run-2' })).toMatchObject({
    status: 'failed',
    detail:
      'The run run-2 never committed the table users. The last run into it was run-1, at 2026-01-01T00:00:00.000Z.',
  });
});

test('a table that a later run wrote again', async () => {
  const users = await loadedUsers();
  users.tamper(`DELETE FROM users WHERE id > 10;
    INSERT INTO sparkctl_runs VALUES ('run-2', 'users', 'overwrite', 10, 10, 0, 0, 0, '2026-01-02T00:00:00.000Z', NULL)`);
  const { detail } = await users.check(specs.accounting);
  expect(String(detail)).toContain(
    'The table was written again since. The last run into it was run-2, at 2026-01-02T00:00:00.000Z.',
  );
});

test('a run that appended is compared by what it recorded, and its own lines in the quarantine', async () => {
  const users = await loadedUsers();
  users.tamper(`UPDATE sparkctl_runs SET mode = 'append';
    INSERT INTO users VALUES (9999, 'earlier', 1, 'a@b.cc', 1, 'c', 'd');
    INSERT INTO users_quarantine VALUES ('run-0', 'earlier.jsonl', 1, 'malformed-json', 'x')`);
  expect(await users.check(specs.accounting)).toMatchObject({ status: 'held', found: whole });
  users.tamper('DELETE FROM users WHERE id > 5');
  expect(await users.check(specs.accounting)).toMatchObject({
    status: 'failed',
    detail: 'The run run-1 recorded loaded 303, but 4 are there.',
  });
});

test('for a summary: the figures, and the quarantined ones by reason', async () => {
  const users = await loadedUsers();
  const { accounting } = await checkResult({
    target: usersIn(users.databasePath),
    checks: [],
    inputFiles: [users.dataPath],
    ledger: users.ledger,
    runId: 'run-1',
  });
  expect(accounting).toEqual({
    read: 400,
    loaded: 303,
    quarantined: 85,
    duplicates: 12,
    filtered: 0,
    reasons: { 'invalid-email': 16, 'malformed-json': 20, 'missing-value': 28, 'wrong-type': 21 },
  });
});
