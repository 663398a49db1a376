import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { executorsSoon } from '../support/soon.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { sparkctl, startedUntilPrinted, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

const job = `
import time
from pyspark import SparkContext

sc = SparkContext()
print("working", flush=True)
sc.parallelize(range(2), 2).foreach(lambda _: time.sleep(600))
`;

let project: TemporaryProject;

beforeAll(async () => {
  project = temporaryProject();
  await mkdir(project.path('temporary'));
  await project.write('endless.py', job);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

describe('a driver that is killed', () => {
  /** A folder for the temporary files of these drivers alone: others may come and go beside them. */
  const temporaryFolder = () => project.path('temporary');
  const env = () => ({ TMPDIR: temporaryFolder() });
  const temporary = () => readdirSync(temporaryFolder());
  const driver = () =>
    Number(
      processesMentioning(project.folder)
        .find((each) => each.includes('SparkSubmit'))
        ?.split(' ')[0],
    );
  const start = () =>
    startedUntilPrinted(
      ['submit', '--master', 'local[1]', 'endless.py'],
      { cwd: project.folder, env: env() },
      'working',
    );

  it('leaves no temporary files', async () => {
    const before = temporary();
    const { running } = await start();
    const during = temporary().filter((name) => !before.includes(name));
    expect(during).toEqual([expect.stringMatching(/^sparkctl-driver-endless-/)]);
    expect(
      readdirSync(join(temporaryFolder(), during[0] ?? '')).some((name) => name.startsWith('blockmgr-')),
    ).toBe(true);
    process.kill(driver(), 'SIGKILL');
    expect((await running).exitCode).toBe(137);
    expect(temporary()).toEqual(before);
  });

  it('leaves none either when sparkctl is killed before it: the next command removes them', async () => {
    const before = temporary();
    const { running } = await start();
    running.kill('SIGKILL');
    await running;
    expect(temporary()).not.toEqual(before);
    const { exitCode } = await sparkctl(['cluster', 'list'], { cwd: project.folder, env: env() });
    expect(exitCode).toBe(0);
    expect(temporary()).toEqual(before);
    expect(processesMentioning(project.folder)).toEqual([]);
  });
});

describe('a run on a cluster of its own', () => {
  it('is stopped by --timeout, with 124', async () => {
    const words = [
      'submit',
      '--backend',
      'local',
      '--workers',
      '1',
      '--timeout',
      '12s',
      ...executorsSoon,
      '--json',
      'endless.py',
    ];
    const { exitCode, stdout } = await startSparkctl(words, { cwd: project.folder });
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'timed-out',
      cause: 'timeout',
      exitCode: 124,
      message: 'The timeout of 12 s was reached, and the application was stopped.',
    });
    expect(exitCode).toBe(124);
    expect(processesMentioning(project.folder)).toEqual([]);
  });
});

describe('a run that gets no executor', () => {
  const options = ['--backend', 'local', '--cluster', 'small'];
  afterAll(async () => {
    await sparkctl(['cluster', 'down', ...options, '--force'], { cwd: project.folder });
    expect(processesMentioning(project.folder)).toEqual([]);
  });

  it('says what it waits for and who has it, and so does its end', async () => {
    const up = ['cluster', 'up', ...options, '--workers', '1', '--worker-cores', '1', '--no-standby'];
    expect((await sparkctl(up, { cwd: project.folder })).exitCode).toBe(0);
    await project.write(
      'pair.py',
      job.replace('range(2)', 'range(1)').replace('SparkContext()', 'SparkContext(appName="first")'),
    );
    const { running } = await startedUntilPrinted(
      ['submit', ...options, ...executorsSoon, 'pair.py'],
      { cwd: project.folder },
      'working',
    );
    const holder = async () => {
      const { stdout } = await sparkctl(['cluster', 'status', ...options, '--json'], { cwd: project.folder });
      return JSON.parse(stdout).resources.applications[0]?.cores === 1 ? true : undefined;
    };
    expect(await waitUntil(holder, { timeoutMs: 60_000 })).toBe(true);
    const { exitCode, stdout, stderr } = await sparkctl(
      ['submit', ...options, '--timeout', '40s', '--json', 'endless.py'],
      { cwd: project.folder },
    );
    const why =
      'no executor takes its tasks: it waits for executors, each of 1,024 MiB and a core; 1 worker of cluster small has 0 of 1 core and at most 0 MiB free, since first has 1 core';
    expect(exitCode, stderr).toBe(124);
    expect(stderr).toContain(`N${why.slice(1)}. Wait for them or end them`);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'timed-out',
      message: `The timeout of 40 s was reached, and the application was stopped: ${why}.`,
      diagnosis: { code: 'no-resources' },
    });
    running.kill('SIGTERM');
    await running;
  });
});
