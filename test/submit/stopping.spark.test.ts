import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesMentioning } from '../support/spark-processes.ts';
import { startSparkctl } from '../support/sparkctl.ts';
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
});
