import { readFileSync } from 'node:fs';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { livenessOf } from '../../src/system/processes/process-identity.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { repository, sparkctl, startSparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

const startMs = 180_000;

/** Waits for a file, and ends with the exit code that it is told. */
const waiting = `
import os, sys, time
print("working", flush=True)
while not os.path.exists("go"):
    time.sleep(0.1)
print("done", "ä" * 10, flush=True)
sys.exit(int(sys.argv[1]))
`;

/** The job of the project, begun when a file is there. */
const waitingEtl = `
import os, runpy, sys, time
print("working", flush=True)
while not os.path.exists("go"):
    time.sleep(0.1)
runpy.run_path(os.path.join(os.path.dirname(__file__), "etl.py"), run_name="__main__")
print("done", flush=True)
`;

/** Puts scripts into a project that wait for the file "go". */
export async function writeWaiting(project: TemporaryProject): Promise<void> {
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
  await project.write('jobs/waits.py', waitingEtl);
  await project.write('jobs/waits.yaml', await readFile(join(repository, 'jobs/etl.yaml'), 'utf8'));
  await project.write('waiting.py', waiting);
}

/** A run whose sparkctl was killed while its script worked. */
export interface Left {
  readonly id: string;
  /** Its record when that happened. */
  readonly before: RunRecord;
  record(): RunRecord;
  printed(): string;
}

/** Submits a script that prints "working" and waits for the file "go", and kills its sparkctl then. */
export async function leave(project: TemporaryProject, words: readonly string[]): Promise<Left> {
  await rm(project.path('go'), { force: true });
  const began = await sparkctl(['submit', '--detach', ...words], { cwd: project.folder });
  const id = began.stdout.trim();
  if (began.exitCode !== 0) throw new Error(began.stderr);
  const read = (name: string) => readFileSync(project.path('.sparkctl/runs', id, name), 'utf8');
  const record = (): RunRecord => JSON.parse(read('run.json'));
  const works = await waitUntil(
    () => {
      try {
        return (read('stdout.log').includes('working') && record().driver !== undefined) || undefined;
      } catch {
        return undefined;
      }
    },
    { timeoutMs: startMs },
  );
  if (works !== true) throw new Error(`the script never began: ${read('sparkctl.log')}`);
  const before = record();
  process.kill(before.owner.pid, 'SIGKILL');
  await waitUntil(async () => ((await livenessOf(before.owner)) === 'dead' ? true : undefined), {
    timeoutMs: 10_000,
  });
  expect(record()).toEqual(before);
  return { id, before, record, printed: () => read('stdout.log') };
}

/** A killed sparkctl's run goes on to its checked end, and is taken up once, however many commands want it. */
export async function expectCheckedEnd(
  project: TemporaryProject,
  words: readonly string[],
): Promise<RunRecord> {
  const { id, before, record, printed } = await leave(project, [...words, '--rows', '2000', 'jobs/waits.py']);
  const cwd = project.folder;
  const both = [1, 2].map(() => startSparkctl(['runs', 'wait', id], { cwd }));
  const owner = await waitUntil(
    () => (record().owner.pid === before.owner.pid ? undefined : record().owner),
    { timeoutMs: 60_000 },
  );
  // Its target is still its own.
  const other = await sparkctl(['submit', '--rows', '2000', 'jobs/etl.py'], { cwd });
  expect([other.exitCode, other.stderr]).toEqual([75, expect.stringContaining(`Run ${id} holds the target`)]);
  await project.write('go', '');
  for (const waiting of both) {
    const { exitCode, stdout, stderr } = await waiting;
    expect([exitCode, stdout], stderr).toEqual([0, `${id} succeeded\n`]);
  }
  const ended = record();
  expect(ended).toMatchObject({
    state: 'succeeded',
    exitCode: 0,
    owner,
    driver: { exitCode: 0, detached: true },
  });
  expect(ended.driver?.start).toBe(before.driver?.start);
  expect(ended.applicationIds).toHaveLength(1);
  expect(ended.checks.map(({ kind, status }) => [kind, status])).toEqual(
    ['accounting', 'schema', 'unique', 'pattern', 'checksum'].map((kind) => [kind, 'held']),
  );
  expect(ended.accounting?.read).toBe(2_000);
  expect(ended.phases.map((phase) => phase.id)).toEqual([
    ...before.phases.map((phase) => phase.id),
    'submit',
    'checks',
  ]);
  expect(ended.phases.find((phase) => phase.id === 'submit')?.summary).toContain('taken up again');
  expect(Date.parse(ended.finishedAt ?? '') - Date.parse(ended.startedAt)).toBeCloseTo(
    ended.durationMs ?? 0,
    -3,
  );
  expect(printed()).toMatch(/^working\nrun \S+ committed: .*\ndone\n$/);
  const log = readFileSync(join(cwd, '.sparkctl/runs', id, 'sparkctl.log'), 'utf8');
  expect(log.match(/"driver":\{"start":"taken-up"\}/g)).toHaveLength(1);
  return ended;
}

/** A driver that ends while nobody looks has the exit code of its script all the same. */
export async function expectExitCode(
  project: TemporaryProject,
  words: readonly string[],
): Promise<RunRecord> {
  const { id, record, printed } = await leave(project, [...words, 'waiting.py', '7']);
  await project.write('go', '');
  await waitUntil(() => (printed().includes('done') ? true : undefined), { timeoutMs: 5_000 });
  const { exitCode, stdout, stderr } = await sparkctl(['runs', 'wait', id], { cwd: project.folder });
  expect([exitCode, stdout], stderr).toEqual([7, `${id} failed\n`]);
  expect(record()).toMatchObject({
    state: 'failed',
    cause: 'application',
    exitCode: 7,
    driver: { exitCode: 7 },
  });
  expect(printed()).toBe(`working\ndone ${'ä'.repeat(10)}\n`);
  return record();
}
