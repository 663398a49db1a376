import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDataset } from '../dist/job/datasets/generate-dataset.js';

const rows = Number(process.env.BENCH_ROWS ?? 3_000_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'sparkctl-bench-'));

try {
  const input = join(folder, 'users.jsonl');
  // Without defects, so that both write the same rows: JDBC has no place for rejected ones.
  await generateDataset({ dataset: 'users', seed: 42, rows, defects: {}, path: input });
  const words = ['bin/sparkctl.js', 'submit', '--no-manifest', '--progress', 'quiet', '--master', 'local[2]'];
  const options = [
    '--driver-memory',
    '4g',
    '--packages',
    'org.xerial:sqlite-jdbc:3.50.3.0',
    '--py-files',
    'jobs/etl.py',
  ];
  const printed = execFileSync(
    process.execPath,
    [...words, ...options, 'bench/sink.py', folder, String(rows), String(rounds), input],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { results, commitRowsPerSecond } = JSON.parse(printed.trim().split('\n').at(-1));
  const s = (seconds) => `${seconds.toFixed(1).padStart(6)} s`;
  for (const { name, rows: loaded, nowhere, jdbc, sink } of results) {
    console.log(`  ${name}, ${loaded.toLocaleString('en-US')} rows, medians of ${rounds} rounds by turns`);
    console.log(`    written to nowhere     ${s(nowhere)}`);
    console.log(`    JDBC with coalesce(1)  ${s(jdbc)}   ${s(jdbc - nowhere)} beyond`);
    console.log(`    the sink               ${s(sink)}   ${s(sink - nowhere)} beyond`);
    const ratio = (jdbc - nowhere) / (sink - nowhere);
    const verdict =
      sink > nowhere ? `${ratio.toFixed(2)} times that of JDBC` : 'as much as can be: it takes no longer';
    console.log(`    throughput beyond: ${verdict}, goal at least 2, aim 4`);
  }
  console.log(`  commit alone: ${(commitRowsPerSecond / 1e6).toFixed(2)} M rows/s, goal at least 1`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
