import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processesMentioning } from '../support/spark-processes.ts';
import { sparkctl, startedUntilPrinted, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
const local = ['submit', '--master', 'local[1]', '--progress', 'plain'];

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('endless.py', 'import time\nprint("working", flush=True)\ntime.sleep(600)\n');
  await project.write(
    'waiting.py',
    'import os, sys, time\nprint("working", flush=True)\nwhile not os.path.exists("go"):\n    time.sleep(0.1)\nsys.exit(42)\n',
  );
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const run = async (...words: readonly string[]) =>
  await sparkctl(['runs', ...words], { cwd: project.folder });

it('runs kill ends a run of another terminal in order, and runs wait there ends with its exit code', async () => {
  const { running } = await startedUntilPrinted([...local, 'endless.py'], { cwd: project.folder }, 'working');
  const waiting = startSparkctl(['runs', 'wait', '--json'], { cwd: project.folder });
  const killed = await run('kill');
  expect(killed.exitCode, killed.stderr).toBe(0);
  expect(killed.stdout).toMatch(/^endless-\S+ killed\n$/);
  const { exitCode, stderr } = await running;
  expect(exitCode).toBe(143);
  expect(stderr).toMatch(/sparkctl: Stopped by sparkctl runs kill \(process \d+\)\./);
  const waited = await waiting;
  expect(waited.exitCode).toBe(143);
  expect(JSON.parse(waited.stdout)).toMatchObject({ state: 'killed', cause: 'terminated', exitCode: 143 });
  expect(processesMentioning(project.folder)).toEqual([]);
  // Again, it says that there is nothing to do.
  expect((await run('kill')).stdout).toMatch(/ was over already: killed/);
});

it('runs wait gives up after its time, stops nothing, and then waits for the exit code of the script', async () => {
  const { running } = await startedUntilPrinted([...local, 'waiting.py'], { cwd: project.folder }, 'working');
  const early = await run('wait', '--timeout', '300ms');
  expect(early.exitCode).toBe(124);
  expect(early.stderr).toMatch(/Run waiting-\S+ still goes on after 0\.3 s\.\n.*runs kill waiting-/);
  const waiting = startSparkctl(['runs', 'wait'], { cwd: project.folder });
  await project.write('go', '');
  const { exitCode, stdout, stderr } = await waiting;
  expect([exitCode, (await running).exitCode], stderr).toEqual([42, 42]);
  expect(stdout).toMatch(/^waiting-\S+ failed\n$/);
  expect(stderr).toContain('ended with exit code 42');
});

it('runs prune removes the folders of runs that are over, and keeps the newest', async () => {
  const { stdout } = await run('list', '--json');
  const [newest, older] = JSON.parse(stdout).runs.map(({ id }: { id: string }) => id);
  const folder = (id: string) => project.path('.sparkctl/runs', id);
  const asked = await run('prune', '--keep', '1', '--dry-run');
  expect(asked.stdout).toBe(`${older}\nWould remove 1 run.\n`);
  expect(existsSync(folder(older))).toBe(true);
  expect((await run('prune', '--keep', '0', '--older-than', '1d')).stdout).toBe('Nothing to remove.\n');
  const pruned = await run('prune', '--keep', '1', '--json');
  expect(JSON.parse(pruned.stdout)).toEqual({ schemaVersion: 1, removed: [older], dryRun: false });
  expect([existsSync(folder(older)), existsSync(folder(newest))]).toEqual([false, true]);
  const nothing = await run('prune');
  expect([nothing.exitCode, nothing.stderr]).toEqual([64, expect.stringContaining('--keep 20')]);
});
