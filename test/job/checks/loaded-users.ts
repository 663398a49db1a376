import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { CheckKind, CheckSpec } from '../../../src/job/checks/registry.ts';
import { type CheckRequest, runChecks } from '../../../src/job/checks/run-checks.ts';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import type { Ledger } from '../../../src/job/datasets/ledger.ts';
import type { ResolvedTarget } from '../../../src/job/targets/registry.ts';
import type { TableSpec } from '../../../src/job/targets/table-spec.ts';
import { readReference, referenceChecksum } from '../datasets/reference-reading.ts';
import { temporaryFolder } from '../datasets/temporary-folder.ts';

export const usersTable: TableSpec = {
  name: 'users',
  primaryKey: ['id'],
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'name', type: 'text', nullable: false },
    { name: 'age', type: 'integer', nullable: false },
    { name: 'email', type: 'text', nullable: false },
    { name: 'salary', type: 'real', nullable: false },
    { name: 'city', type: 'text', nullable: false },
    { name: 'created_at', type: 'timestamp', nullable: false },
  ],
};

const schema = `
  CREATE TABLE users (id INTEGER NOT NULL, name TEXT NOT NULL, age INTEGER NOT NULL, email TEXT NOT NULL, salary REAL NOT NULL,
    city TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id)) STRICT;
  CREATE TABLE users_quarantine (run_id TEXT NOT NULL, source_file TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,
    raw TEXT NOT NULL, PRIMARY KEY (run_id, source_file, line)) STRICT;
  CREATE TABLE sparkctl_runs (run_id TEXT NOT NULL, target TEXT NOT NULL, mode TEXT NOT NULL, read INTEGER NOT NULL,
    loaded INTEGER NOT NULL, quarantined INTEGER NOT NULL, duplicates INTEGER NOT NULL, filtered INTEGER NOT NULL,
    committed_at TEXT NOT NULL, checksum TEXT, PRIMARY KEY (run_id, target)) STRICT;`;

/** The table of users in a database. */
export function usersIn(path: string): ResolvedTarget {
  return { kind: 'database', path, table: usersTable };
}

export interface LoadedUsers {
  readonly databasePath: string;
  readonly dataPath: string;
  readonly ledger: Ledger;
  /** Changes the database behind sparkctl's back. */
  tamper(sql: string): void;
  check(spec: CheckSpec, change?: Partial<CheckRequest>): Promise<Record<string, unknown>>;
}

/** A small users file and a database with exactly what a correct load of it by run `run-1` leaves, made without sparkctl's own code. */
export async function loadedUsers(rows = 400): Promise<LoadedUsers> {
  const folder = temporaryFolder();
  const dataPath = join(folder, 'users.jsonl');
  const databasePath = join(folder, 'users.db');
  const template = await templateOf(rows);
  writeFileSync(dataPath, template.data);
  writeFileSync(databasePath, template.database);
  const { ledger } = template;
  const tamper = (sql: string) => {
    const sqlite = new Sqlite(databasePath);
    sqlite.pragma('synchronous = OFF');
    sqlite.exec(sql);
    sqlite.close();
  };
  const check = async (spec: CheckSpec, change: Partial<CheckRequest> = {}) => {
    const request = {
      target: usersIn(databasePath),
      checks: [spec],
      ledger,
      inputFiles: [dataPath],
      runId: 'run-1',
    };
    const [result] = await runChecks({ ...request, ...change });
    return { ...result };
  };
  return { databasePath, dataPath, ledger, tamper, check };
}

interface Template {
  readonly ledger: Ledger;
  readonly data: Buffer;
  readonly database: Buffer;
}

/** Made once for each size and then only copied: the tests change their own copies. */
const templates = new Map<number, Promise<Template>>();

function templateOf(rows: number): Promise<Template> {
  let template = templates.get(rows);
  if (template === undefined) {
    template = makeTemplate(rows);
    templates.set(rows, template);
  }
  return template;
}

async function makeTemplate(rows: number): Promise<Template> {
  const folder = temporaryFolder();
  const [data, database] = [join(folder, 'users.jsonl'), join(folder, 'users.db')];
  const defects = {
    emailSpaces: 0.1,
    emailCapitals: 0.1,
    emailMissing: 0.05,
    emailBroken: 0.05,
    brokenJson: 0.05,
    wrongType: 0.05,
    duplicateId: 0.05,
  };
  const { ledger } = await generateDataset({ dataset: 'users', seed: 76_184_176, rows, defects, path: data });
  load(data, database);
  return { ledger, data: readFileSync(data), database: readFileSync(database) };
}

function load(dataPath: string, databasePath: string): void {
  const sqlite = new Sqlite(databasePath);
  sqlite.pragma('synchronous = OFF');
  sqlite.exec(schema);
  const good = sqlite.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)');
  const bad = sqlite.prepare(`INSERT INTO users_quarantine VALUES ('run-1', 'data/users.jsonl', ?, ?, ?)`);
  const run = sqlite.prepare(
    `INSERT INTO sparkctl_runs VALUES ('run-1', 'users', 'overwrite', ?, ?, ?, ?, 0, '2026-01-01T00:00:00.000Z', ?)`,
  );
  const lines = readReference(dataPath);
  sqlite.transaction(() => {
    for (const { line, raw, reason, row } of lines) {
      if (reason === undefined) good.run(...row);
      else bad.run(line, reason, raw);
    }
    const of = (wanted: (reason: string | undefined) => boolean) =>
      lines.filter(({ reason }) => wanted(reason)).length;
    run.run(
      lines.length,
      of((reason) => reason === undefined),
      of((reason) => reason !== undefined && reason !== 'duplicate-key'),
      of((reason) => reason === 'duplicate-key'),
      referenceChecksum(lines.filter(({ reason }) => reason === undefined).map(({ row }) => row)),
    );
  })();
  sqlite.close();
}

export const emailPattern = '^[a-z0-9_%+-]+(\\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$';

export const specs = {
  accounting: { kind: 'accounting' },
  schema: { kind: 'schema' },
  unique: { kind: 'unique', columns: ['id'] },
  pattern: { kind: 'pattern', column: 'email', matches: emailPattern },
  checksum: { kind: 'checksum' },
} satisfies { readonly [Kind in CheckKind]?: Extract<CheckSpec, { kind: Kind }> };
