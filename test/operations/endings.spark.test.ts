import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driverScratch } from '../../src/cluster/driver-files.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { inTerminal } from '../support/in-terminal.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { repository, sparkctl, startedUntilPrinted, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

/** Works until it is stopped, and starts no Spark: that is there at once. */
const endless = 'import time\nprint("working", flush=True)\ntime.sleep(600)\n';
const local = ['submit', '--master', 'local[1]', '--progress', 'plain'];

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('endless.py', endless);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function lastRun() {
  const { stdout } = await sparkctl(['runs', 'show', '--json'], { cwd: project.folder });
  return JSON.parse(stdout);
}

/** Nothing of the last run is there any more. */
async function nothingIsLeft() {
  const run = await lastRun();
  expect(processesMentioning(project.folder)).toEqual([]);
  expect(existsSync(driverScratch(run.id))).toBe(false);
  return run;
}

describe('a terminal that is closed', () => {
  it.each(['controlling', 'plain'] as const)('ends the run in order (%s)', async (kind) => {
    // What it prints meets the closed terminal where no signal comes.
    await project.write(
      'talking.py',
      endless.replace('time.sleep(600)', 'while True: print(1, flush=True); time.sleep(0.1)'),
    );
    const running = inTerminal(kind, [...local, 'talking.py'], project.folder);
    await running.printed('working');
    running.close();
    const began = performance.now();
    expect(await running.exitCode).toBe(143);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await nothingIsLeft()).toMatchObject({ state: 'killed', cause: 'terminated', exitCode: 143 });
  });

  it('is told of several times, by the shell and by the system: the clean-up goes on', async () => {
    const { running } = await startedUntilPrinted(
      [...local, 'endless.py'],
      { cwd: project.folder },
      'working',
    );
    for (let times = 0; times < 3; times++) running.kill('SIGHUP');
    const { exitCode, stderr } = await running;
    expect(stderr).not.toContain('Stopped at once');
    expect(exitCode).toBe(143);
    expect(await nothingIsLeft()).toMatchObject({ state: 'killed', cause: 'terminated', exitCode: 143 });
  });
});

it('a full disk behind stdout ends the run with 74', async () => {
  const full = openSync('/dev/full', 'w') as 3;
  try {
    const { exitCode, stderr } = await execa(
      process.execPath,
      [join(repository, 'bin/sparkctl.js'), ...local, 'endless.py'],
      { cwd: project.folder, stdout: full, reject: false },
    );
    expect(stderr).toContain(
      'sparkctl: Standard output cannot be written (ENOSPC), so the command was ended.',
    );
    expect(exitCode).toBe(74);
  } finally {
    closeSync(full);
  }
  const run = await nothingIsLeft();
  expect(run).toMatchObject({ state: 'failed', cause: 'io', exitCode: 74 });
  expect(readFileSync(project.path('.sparkctl/runs', run.id, 'stdout.log'), 'utf8')).toContain('working');
});

it('Ctrl-C waits until the temporary files of the driver are removed, however many they are', async () => {
  const many = `
import os, time
folder = os.environ["SPARK_SUBMIT_OPTS"].split("-Djava.io.tmpdir=")[1].split('"')[0]
for number in range(40000):
    open(os.path.join(folder, str(number)), "w").close()
`;
  await project.write('many.py', many + endless);
  const { running } = await startedUntilPrinted([...local, 'many.py'], { cwd: project.folder }, 'working');
  const [scratch] = readdirSync(tmpdir()).filter((name) => name.startsWith('sparkctl-driver-many-'));
  expect(readdirSync(join(tmpdir(), scratch ?? '')).length).toBeGreaterThanOrEqual(40_000);
  running.kill('SIGINT');
  expect((await running).exitCode).toBe(130);
  expect(await nothingIsLeft()).toMatchObject({ state: 'killed', exitCode: 130 });
});

it('a reader that takes nothing holds the script back: sparkctl does not grow, and ends at Ctrl-C all the same', async () => {
  await project.write('much.py', 'for _ in range(600):\n    print("x" * 1_000_000)\n');
  const running = startSparkctl([...local, 'much.py'], { cwd: project.folder });
  running.stdout.pause();
  const log = () => {
    const [id] = readdirSync(project.path('.sparkctl/runs')).filter((name) => name.startsWith('much-'));
    return id === undefined ? '' : project.path('.sparkctl/runs', id, 'stdout.log');
  };
  const size = () => (existsSync(log()) ? readFileSync(log()).length : 0);
  await waitUntil(() => (size() > 0 ? true : undefined), { timeoutMs: 120_000 });
  // Six hundred megabytes take a moment only where nobody holds them back.
  await waitUntil(() => (size() > 50_000_000 ? true : undefined), { timeoutMs: 4_000 });
  expect(size()).toBeLessThan(5_000_000);
  const rss = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))?.[1];
  expect(Number(rss)).toBeLessThan(250_000);
  running.kill('SIGINT');
  expect(await Promise.race([running, waitUntil(() => undefined, { timeoutMs: 15_000 })])).toMatchObject({
    exitCode: 130,
  });
  expect(await nothingIsLeft()).toMatchObject({ state: 'killed', exitCode: 130 });
});

it('an inquiry ends at the first Ctrl-C and leaves nothing', async () => {
  const connected: Socket[] = [];
  // It takes the question and never answers.
  const server = createServer((socket) => {
    socket.on('error', () => {});
    connected.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const words = ['submit', '--master', `spark://127.0.0.1:${address.port}`, '--status', 'driver-1'];
  try {
    const running = startSparkctl(words, { cwd: project.folder });
    const asked = await waitUntil(() => (connected.length > 0 ? true : undefined), { timeoutMs: 60_000 });
    expect(asked).toBe(true);
    const scratch = readdirSync(tmpdir()).filter((name) => name.startsWith('sparkctl-driver-inquiry-'));
    running.kill('SIGINT');
    const ended = await Promise.race([running, waitUntil(() => undefined, { timeoutMs: 15_000 })]);
    expect(ended).toMatchObject({ exitCode: 130 });
    expect(processesMentioning(`127.0.0.1:${address.port}`)).toEqual([]);
    expect(scratch.filter((name) => existsSync(join(tmpdir(), name)))).toEqual([]);
  } finally {
    for (const pid of processesMentioning(`127.0.0.1:${address.port}`))
      process.kill(Number.parseInt(pid, 10), 'SIGKILL');
    for (const socket of connected) socket.destroy();
    server.close();
  }
});

it('a script that fails says why in the last lines, in the record, in runs show and in the report', async () => {
  await project.write(
    'failing.py',
    'def load(path):\n    raise ValueError(f"no such city in {path}: \\x1b[31mUlm")\n\n\nload("cities.csv")\n',
  );
  const { exitCode, stderr } = await sparkctl([...local, 'failing.py'], { cwd: project.folder });
  expect(exitCode).toBe(1);
  const why = 'ValueError: no such city in cities.csv: Ulm (failing.py, line 2)';
  expect(stderr).toMatch(/^✗ submit .*exit code 1/m);
  expect(stderr.split('\n').slice(-3).join('\n')).toContain(why);
  const run = await lastRun();
  expect(run.message).toContain(why);
  expect(run.scriptError).toEqual({
    type: 'ValueError',
    message: 'no such city in cities.csv: Ulm',
    file: 'failing.py',
    line: 2,
    frames: [
      { file: 'failing.py', line: 5, function: '<module>', code: 'load("cities.csv")' },
      {
        file: 'failing.py',
        line: 2,
        function: 'load',
        code: String.raw`raise ValueError(f"no such city in {path}: \x1b[31mUlm")`,
      },
    ],
  });
  const shown = await sparkctl(['runs', 'show'], { cwd: project.folder });
  expect(shown.stdout).toContain(why);
  expect(readFileSync(project.path('.sparkctl/runs', run.id, 'report.html'), 'utf8')).toContain(why);
});
