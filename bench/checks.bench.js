import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'yaml';
import { byTurns } from './compare.js';
import { Project } from './project.js';

const rows = Number(process.env.BENCH_ROWS ?? 3_000_000);

/** Scans the column once inside SQLite with the manifest's own pattern: what one check costs who writes it by hand. */
function scan(project) {
  const { checks } = parse(readFileSync(join(project.folder, 'jobs/etl.yaml'), 'utf8'));
  const { column, matches } = checks.find(({ kind }) => kind === 'pattern');
  const pattern = new RegExp(matches, 'u');
  return () => {
    const database = new Database(join(project.folder, 'data/users.db'), { readonly: true });
    try {
      const breaks = (value) => (pattern.test(String(value)) ? 0 : 1);
      database.function('breaks', { deterministic: true }, breaks);
      const began = performance.now();
      const found = database.prepare(`SELECT count(*) FROM users WHERE breaks("${column}")`).pluck().get();
      if (found !== 0) throw new Error(`${found} rows do not match`);
      return rows / ((performance.now() - began) / 1000);
    } finally {
      database.close();
    }
  };
}

export const checks = {
  name: 'checks',
  title: `five checks on ${rows.toLocaleString('en-US')} rows`,
  unit: 'rows/s',
  judged: 'ours',
  better: 'more',
  must: 1e6,
  aim: 3e6,
  async measure(lab) {
    const project = new Project(lab, { files: ['jobs'] });
    await project.up('default', { standby: true });
    // The run is real, and its phase of the checks is taken from its record. It makes the table anew for the scan after it.
    const submit = async () => {
      const { phases, accounting } = await project.submitVerified('--rows', String(rows), 'jobs/etl.py');
      if (accounting.read !== rows) throw new Error(`${accounting.read} rows were read`);
      const ms = phases.find(({ id }) => id === 'checks')?.durationMs;
      if (!(ms > 0)) throw new Error('the record has no phase of the checks');
      return rows / (ms / 1000);
    };
    await submit();
    return await byTurns(lab, {
      stock: { what: 'one SQL scan with the same pattern', run: scan(project) },
      ours: { what: 'the phase of the checks of sparkctl submit', run: submit },
      rounds: lab.rounds(),
      warmUp: false,
    });
  },
};
