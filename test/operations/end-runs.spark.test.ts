import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isFinal, type RunRecord } from '../../src/run/record/run-record.ts';
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

it('a detached run goes on without its terminal, and is waited for by its name', async () => {
  await rm(project.path('go'), { force: true });
  const began = await sparkctl(['submit', '--detach', '--master', 'local[1]', 'waiting.py'], {
    cwd: project.folder,
  });
  expect(began.exitCode, began.stderr).toBe(0);
  const id = began.stdout.trim();
  expect(id).toMatch(/^waiting-[\d-]+[0-9a-f]{6}$/);
  expect(began.stderr).toContain(`sparkctl runs wait ${id}`);
  const record = async (): Promise<RunRecord> => JSON.parse((await run('show', '--json', id)).stdout);
  expect(isFinal((await record()).state)).toBe(false);
  // It has a session of its own: no signal of a terminal reaches it.
  const { pid } = (await record()).owner;
  const session = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')[3];
  expect(session).toBe(String(pid));
  const waiting = startSparkctl(['runs', 'wait', id], { cwd: project.folder });
  await project.write('go', '');
  expect((await waiting).exitCode).toBe(42);
  expect((await record()).exitCode).toBe(42);
  const folder = project.path('.sparkctl/runs', id);
  expect(readFileSync(join(folder, 'stdout.log'), 'utf8')).toBe('working\n');
  expect(readFileSync(join(folder, 'sparkctl.log'), 'utf8')).toContain('"kind":"run-created"');
  expect(processesMentioning(project.folder)).toEqual([]);
});

it('a detached submission that cannot begin says so as any other', async () => {
  const missing = await sparkctl(['submit', '--detach', 'nowhere.py'], { cwd: project.folder });
  expect(missing.exitCode).toBe(66);
  expect(missing.stdout).toBe('');
  expect(missing.stderr).toMatch(/^sparkctl: .*nowhere\.py/);
  const shown = await sparkctl(['submit', '--detach', '--progress', 'plain', 'waiting.py'], {
    cwd: project.folder,
  });
  expect([shown.exitCode, shown.stderr]).toEqual([64, expect.stringContaining('--progress')]);
});

it('runs prune removes the folders of runs that are over, and keeps the newest', async () => {
  const { stdout } = await run('list', '--json');
  const [newest = '', ...others]: string[] = JSON.parse(stdout).runs.map(({ id }: { id: string }) => id);
  const older = others.join('\n');
  const folder = (id: string) => project.path('.sparkctl/runs', id);
  const asked = await run('prune', '--keep', '1', '--dry-run');
  expect(asked.stdout).toBe(`${older}\nWould remove ${others.length} runs.\n`);
  expect(others.every((id) => existsSync(folder(id)))).toBe(true);
  expect((await run('prune', '--keep', '0', '--older-than', '1d')).stdout).toBe('Nothing to remove.\n');
  const pruned = await run('prune', '--keep', '1', '--json');
  expect(JSON.parse(pruned.stdout)).toEqual({ schemaVersion: 1, removed: others, dryRun: false });
  expect([others.some((id) => existsSync(folder(id))), existsSync(folder(newest))]).toEqual([false, true]);
  const nothing = await run('prune');
  expect([nothing.exitCode, nothing.stderr]).toEqual([64, expect.stringContaining('--keep 20')]);
});
