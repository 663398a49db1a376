import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../../../src/job/targets/sqlite/create-database.ts';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';
import { peopleTable } from './people-table.ts';

const driver = createRequire(import.meta.url).resolve('better-sqlite3');

/** Another process holds the database until it is told to let go. */
async function lockElsewhere(path: string, begin: string): Promise<() => Promise<void>> {
  const program = `
    const database = new (require(process.argv[1]))(process.argv[2]);
    database.exec(process.argv[3]);
    process.stdin.once('data', () => { database.exec('COMMIT'); process.exit(0); });
    console.log('locked');`;
  const holder = spawn(process.execPath, ['-e', program, driver, path, begin], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return async () => {
    holder.stdin.write('go\n');
    await once(holder, 'exit');
  };
}

test('a database that another process holds is an error that names it, and nothing changes', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  const release = await lockElsewhere(path, 'BEGIN EXCLUSIVE');
  const locked = {
    code: 'database-locked',
    category: 'temporary',
    message: `The database ${path} is locked by another process (waited 0.2 s).`,
    hint: 'Wait until that process is done, then try again. Nothing was changed.',
  };
  await expect(
    createDatabase(path, { ...peopleTable, name: 'more' }, { busyTimeoutMs: 200 }),
  ).rejects.toMatchObject(locked);
  await expect(openDatabase(path, { busyTimeoutMs: 200 })).rejects.toMatchObject(locked);
  await release();
  using database = await openDatabase(path);
  expect(database.tableInfo('more')).toBeUndefined();
});

test('a lock that is let go in time is only waited for', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  const release = await lockElsewhere(path, 'BEGIN EXCLUSIVE');
  const created = createDatabase(path, { ...peopleTable, name: 'more' });
  const opened = openDatabase(path);
  await release();
  expect(await created).toBe('table');
  (await opened)[Symbol.dispose]();
});

test('whoever only writes elsewhere in the database stops neither a reader nor a table that is there', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  const release = await lockElsewhere(path, 'BEGIN IMMEDIATE; CREATE TABLE other (x)');
  expect(await createDatabase(path, peopleTable, { busyTimeoutMs: 0 })).toBe('nothing');
  using database = await openDatabase(path, { busyTimeoutMs: 0 });
  expect(database.tableInfo('other')).toBeUndefined();
  database[Symbol.dispose]();
  await release();
});

test('waiting ends when the signal aborts', async () => {
  const path = join(temporaryFolder(), 'people.db');
  await createDatabase(path, peopleTable);
  await lockElsewhere(path, 'BEGIN EXCLUSIVE');
  const controller = new AbortController();
  const opened = openDatabase(path, { signal: controller.signal });
  controller.abort(new Error('Ctrl-C'));
  await expect(opened).rejects.toThrow('Ctrl-C');
});
