import Sqlite from 'better-sqlite3';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

const holder = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
`;

/** Holds a database in a process of its own, which does not outlive the test. */
export async function holdDatabase(database: string): Promise<{ release(): Promise<unknown> }> {
  const holding = execa(process.env['SPARKCTL_PYTHON'] ?? 'python3', ['-c', holder, database], {
    stdin: 'pipe',
    reject: false,
  });
  onTestFinished(() => void holding.kill('SIGKILL'));
  await Promise.race([new Promise((resolve) => holding.stdout.once('data', resolve)), holding]);
  if (holding.exitCode !== null) throw new Error(`the database could not be held: ${(await holding).stderr}`);
  return {
    release: async () => {
      holding.stdin.end();
      await holding;
    },
  };
}

/**
 * Holds back every commit to a database, by reading it: a run can begin, and do all that comes before its commit. So it is
 * not over before the test has done something to it, however few its rows are.
 */
export function holdCommits(database: string): { release(): void } {
  const reader = new Sqlite(database, { readonly: true });
  const release = () => void reader.close();
  onTestFinished(release);
  reader.exec('BEGIN');
  // The lock comes with the first reading.
  reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  return { release };
}
