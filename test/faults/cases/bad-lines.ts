import { readFileSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { fault, type Watch } from '../fault.ts';
import type { FaultNumber } from '../fault-titles.ts';
import type { Observation } from '../observation.ts';
import type { UsersProject } from '../users-project.ts';
import { badFiles, type ExpectedLine } from './bad-files.ts';

/** Files of bad lines, one for each fault, which one run loads together. */
export function badLines(cluster: () => UsersProject): void {
  describe('bad lines', () => {
    let loaded: Promise<Observation> | undefined;
    const load = (watch: Watch) => (loaded ??= loadAll(cluster(), watch));

    const cases: readonly [FaultNumber, string][] = [
      [7, 'such lines among good ones, with --strict'],
      [8, 'a second file with other columns than the first'],
      [9, 'such text in names and cities'],
      [10, 'such keys and addresses, over two files'],
      [11, 'such lines, valid and not'],
      [12, '2^53+1, 2^63-1, 2^63, 1e400, NaN, 3.0 for an integer'],
    ];
    for (const [number, injected] of cases) {
      fault({ number, where: 'local', injected }, async ({ watch }) => {
        const seen = await load(watch);
        const project = cluster();
        for (const { name, lines } of badFiles.filter((file) => file.fault === number)) {
          const path = `data/bad/${name}`;
          expect({ path, ...found(project, path, lines) }).toEqual({ path, ...wanted(lines) });
        }
        return seen;
      });
    }
  });
}

async function loadAll(project: UsersProject, watch: Watch): Promise<Observation> {
  for (const { name, bytes } of badFiles) await project.write(`data/bad/${name}`, bytes);
  const manifest = readFileSync(project.path('jobs/etl.yaml'), 'utf8')
    .replace(/^dataset:[\s\S]*?\n\n/m, '')
    .replace('data/users.jsonl', 'data/bad')
    .replace('  - kind: checksum\n', '');
  writeFileSync(project.path('jobs/bad.yaml'), `script: etl.py\n${manifest}`);
  const inputs = badFiles.map(({ name }) => project.path('data/bad', name)).sort();
  return await watch({ ...project.users, inputs }, 'new', async () => {
    const { exitCode, stdout, stderr } = await project.run('submit', '--strict', 'jobs/bad.yaml');
    expect(stdout).toContain(
      `${project.path('data/bad/08-second.jsonl')} has fields that are no columns, and are left out: phone, tags\n`,
    );
    expect(stderr).toMatch(/sparkctl: --strict: \d+ rows were quarantined\.\n/);
    expect(exitCode).toBe(65);
    return exitCode;
  });
}

/** Finds a file's lines in the database: those with a reason by their numbers, those that were loaded by their ids, byte by byte. */
function found(project: UsersProject, path: string, lines: readonly ExpectedLine[]) {
  const database = new Sqlite(project.path('data/users.db'), { readonly: true });
  try {
    database.defaultSafeIntegers();
    const rejected = database
      .prepare('SELECT line, reason FROM users_quarantine WHERE source_file = ? ORDER BY line')
      .raw()
      .all(path)
      .map((row) => {
        const [line, reason] = row as [bigint, string];
        return [Number(line), reason];
      });
    const row = database.prepare('SELECT id, name, city, salary FROM users WHERE id = ?').raw();
    const loaded = lines.flatMap(({ loaded }) => (loaded === undefined ? [] : [row.get(loaded[0])]));
    return { rejected, loaded };
  } finally {
    database.close();
  }
}

function wanted(lines: readonly ExpectedLine[]) {
  return {
    rejected: lines.flatMap(({ reason }, index) => (reason === undefined ? [] : [[index + 1, reason]])),
    loaded: lines.flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded])),
  };
}
