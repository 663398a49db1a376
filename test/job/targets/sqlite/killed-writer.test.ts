import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../../src/job/targets/sqlite/open-database.ts';
import { temporaryFolder } from '../../datasets/temporary-folder.ts';

const driver = createRequire(import.meta.url).resolve('better-sqlite3');

test.each(['DELETE', 'WAL'])(
  'a writer that was killed in its commit (journal mode %s) leaves the old version to read',
  async (mode) => {
    const path = join(temporaryFolder(), 'numbers.db');
    const program = `
    const database = new (require(process.argv[1]))(process.argv[2]);
    database.pragma('journal_mode = ' + process.argv[3]);
    database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT');
    const insert = database.prepare('INSERT INTO t (x) VALUES (?)');
    database.transaction(() => { for (let i = 0; i < 100; i++) insert.run('old'); })();
    // A cache this small has to write pages into the file long before the commit.
    database.pragma('cache_size = 1');
    database.exec('BEGIN; UPDATE t SET x = \\'new\\'');
    for (let i = 0; i < 5000; i++) insert.run('new and rather long, so that there are many pages');
    process.kill(process.pid, 'SIGKILL');`;
    const { signal } = spawnSync(process.execPath, ['-e', program, driver, path, mode]);
    expect(signal).toBe('SIGKILL');
    expect(existsSync(mode === 'WAL' ? `${path}-wal` : `${path}-journal`)).toBe(true);
    using database = await openDatabase(path);
    expect(database.count('t')).toBe(100);
    expect([...database.rows('t', ['x'])].every(([x]) => x === 'old')).toBe(true);
    expect(database.integrityProblems(3)).toEqual([]);
  },
);
