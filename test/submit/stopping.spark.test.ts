import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesMentioning } from '../support/spark-processes.ts';
import { startedUntilPrinted, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

beforeAll(async () => {
  project = temporaryProject();
  await project.write(
    'endless.py',
    `
import time
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("working", flush=True)
spark.sparkContext.parallelize(range(2), 2).foreach(lambda _: time.sleep(600))
`,
  );
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

describe('a run on a cluster of its own', () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`leaves nothing behind after ${signal}`, async () => {
      const { running } = await startedUntilPrinted(
        ['submit', '--backend', 'local', '--workers', '1', 'endless.py'],
        { cwd: project.folder },
        'working',
      );
      expect(processesMentioning(project.folder).length).toBeGreaterThan(3);
      running.kill(signal);
      const result = await running;
      expect(result.exitCode).toBe(exitCode);
      expect(result.stderr).toContain(`${signal}: stopping what was started; once more to stop at once.\n`);
      expect(result.stderr).toContain('cluster down nothing of it is left');
      expect(processesMentioning(project.folder)).toEqual([]);
    });
  }

  it('is stopped by --timeout, with 124', async () => {
    const words = [
      'submit',
      '--backend',
      'local',
      '--workers',
      '1',
      '--timeout',
      '12s',
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

  it('is found as lost, and its processes are ended, after a kill -9 of sparkctl', async () => {
    const { running } = await startedUntilPrinted(
      ['submit', '--backend', 'local', '--workers', '1', 'endless.py'],
      { cwd: project.folder },
      'working',
    );
    running.kill('SIGKILL');
    await running;
    expect(processesMentioning(project.folder).length).toBeGreaterThan(3);
    const next = await startSparkctl(['submit', '--master', 'local[1]', '--json', 'none.py'], {
      cwd: project.folder,
    });
    expect(next.exitCode).toBe(66);
    const list = await startSparkctl(['cluster', 'list'], { cwd: project.folder });
    expect(list.stdout).toBe('No cluster. Start one with: sparkctl cluster up\n');
    expect(processesMentioning(project.folder)).toEqual([]);
    const runs = await startSparkctl(['runs', 'list', '--json'], { cwd: project.folder });
    expect(
      JSON.parse(runs.stdout).runs.filter(({ state }: { state: string }) => state === 'lost'),
    ).toHaveLength(1);
  });
});
