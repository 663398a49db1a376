import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../src/job/checks/run-checks.ts';
import { readLedger } from '../../src/job/datasets/ledger.ts';
import { loadManifest } from '../../src/job/manifest/load-manifest.ts';
import { expectedOf } from '../faults/independently.ts';
import { projectWithCluster } from '../support/running-cluster.ts';
import { executorsSoon } from '../support/soon.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

beforeAll(async () => {
  project = await projectWithCluster(1);
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const submit = (...words: readonly string[]) =>
  sparkctl(['submit', ...executorsSoon, ...words], { cwd: project.folder });

/** The whole table as one text, in the order of its key. */
function tableText(): string {
  using database = open();
  return JSON.stringify(database.connection.prepare('SELECT * FROM users ORDER BY id').raw().all());
}

function open(): Disposable & { readonly connection: Sqlite.Database } {
  const connection = new Sqlite(project.path('data/users.db'));
  return { connection, [Symbol.dispose]: () => connection.close() };
}

describe('the users job', () => {
  it('ends in a verified table, and a second time changes nothing', async () => {
    const first = await submit('--rows', '5000', '--json', 'jobs/etl.py');
    expect(first.exitCode, first.stderr).toBe(0);
    const run = JSON.parse(first.stdout);
    const ledger = await readLedger(project.path('data/users.jsonl'));
    const { repaired } = await expectedOf(project.folder, [project.path('data/users.jsonl')]);
    expect(repaired).toBeGreaterThan(500);
    expect(run.accounting).toEqual({
      read: 5_000,
      loaded: ledger?.loaded,
      quarantined: Object.values(ledger?.quarantined ?? {}).reduce((sum, { rows }) => sum + rows, 0),
      duplicates: ledger?.duplicates.rows,
      filtered: 0,
      repaired,
      reasons: Object.fromEntries(
        Object.entries(ledger?.quarantined ?? {}).map(([reason, { rows }]) => [reason, rows]),
      ),
    });
    expect(run.checks.map(({ kind, status }: { kind: string; status: string }) => [kind, status])).toEqual([
      ['accounting', 'held'],
      ['schema', 'held'],
      ['unique', 'held'],
      ['pattern', 'held'],
      ['checksum', 'held'],
    ]);
    expect(run.phases.map(({ id }: { id: string }) => id)).toEqual([
      'dataset',
      'database',
      'runtime',
      'cluster',
      'submit',
      'checks',
    ]);
    const content = tableText();
    const second = await submit('--rows', '5000', 'jobs/etl.py');
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stderr).toContain('Database    data/users.db, table users\n');
    expect(second.stderr).toContain('Checks      ✓ accounting: read 5,000 = ');
    expect(second.stderr).toMatch(
      /Run {9}\.sparkctl\/runs\/etl-\d{8}-\d{6}-[0-9a-f]{6}\nResult {6}succeeded in /,
    );
    expect(tableText()).toBe(content);
  });

  it('fails its checks when the table was tampered with', async () => {
    using database = open();
    database.connection.exec("UPDATE users SET city = city || '!' WHERE id = (SELECT min(id) FROM users)");
    const manifest = await loadManifest(project.path('jobs/etl.yaml'), {
      project: project.folder,
      workingFolder: project.folder,
    });
    if (manifest.target === undefined) throw new Error('the job has no target');
    const results = await runChecks({
      target: manifest.target,
      checks: manifest.checks,
      ledger: await readLedger(project.path('data/users.jsonl')),
      inputFiles: [project.path('data/users.jsonl')],
    });
    expect(results.filter(({ status }) => status === 'failed').map(({ kind }) => kind)).toEqual(['checksum']);
  });

  it('ends with 65 when the script did not do its work', async () => {
    await project.write('jobs/lazy.py', 'print("done")\n');
    const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
    await writeFile(project.path('jobs/lazy.yaml'), manifest.replaceAll('data/users', 'data/lazy'));
    const { exitCode, stdout, stderr } = await submit('--rows', '1000', 'jobs/lazy.py');
    expect(stdout).toBe('done\n');
    expect(stderr).toContain('sparkctl: 2 of 5 checks did not hold: accounting, checksum.\n');
    expect(exitCode).toBe(65);
  });

  it('loads a file that no generator made, with checks that need no ledger', async () => {
    const lines = [
      '{"id":1,"name":"Ada","age":36,"email":" ADA@Example.com ","salary":1.5,"city":"London","created_at":"2026-01-01T00:00:00Z"}',
      'no json',
      '{"id":1,"name":"Bob","age":40,"email":"bob@example.com","salary":2,"city":"Bonn","created_at":"2026-01-01T00:00:00Z"}',
    ];
    await project.write('data/own.jsonl', `${lines.join('\n')}\n`);
    await cp(project.path('jobs/etl.py'), project.path('jobs/own.py'));
    const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
    const own = manifest.replace(/^dataset:[\s\S]*?\n\n/m, '').replaceAll('data/users', 'data/own');
    await writeFile(project.path('jobs/own.yaml'), own);
    const { exitCode, stderr } = await submit('jobs/own.py');
    expect(stderr).toContain(
      'Accounting  3 read = 1 loaded + 1 quarantined + 1 duplicates + 0 filtered; 1 of the loaded ones repaired\n            malformed-json 1\n',
    );
    expect(stderr).toMatch(/✓ checksum: 1 row with checksum [0-9a-f]{24}\n/);
    expect(exitCode).toBe(0);
    const connection = new Sqlite(project.path('data/own.db'), { readonly: true });
    expect(connection.prepare('SELECT email FROM users').pluck().all()).toEqual(['ada@example.com']);
    connection.close();
  });

  it('says 73 for a database where none can be', async () => {
    await rm(project.path('data/blocked'), { force: true });
    await mkdir(project.path('data'), { recursive: true });
    await writeFile(project.path('data/blocked'), 'a file, no folder');
    const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
    await writeFile(
      project.path('jobs/blocked.yaml'),
      `script: etl.py\n${manifest.replace('data/users.db', 'data/blocked/users.db')}`,
    );
    const { exitCode, stderr } = await submit('--rows', '1000', 'jobs/blocked.yaml');
    expect(stderr).toContain(
      `sparkctl: The folder ${project.path('data/blocked')} of the database cannot be made: a file is in its place.\n  Hint: Choose another path for the database.\n`,
    );
    expect(exitCode).toBe(73);
  });
});
