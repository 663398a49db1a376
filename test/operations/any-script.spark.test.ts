import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectWithCluster } from '../support/running-cluster.ts';
import { executorsSoon } from '../support/soon.ts';
import { sparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

const script = `
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("arguments", sys.argv[1:])
print("sum", spark.range(1000).selectExpr("sum(id)").first()[0])
print("doubled", spark.sparkContext.parallelize(range(100), 4).map(lambda number: number * 2).sum())
print("grüße", file=sys.stderr)
spark.stop()
sys.exit(int(sys.argv[1]))
`;

beforeAll(async () => {
  project = await projectWithCluster(1);
  await project.write('script.py', script);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const submit = (...words: readonly string[]) =>
  sparkctl(['submit', ...executorsSoon, ...words], { cwd: project.folder });

describe('a script without a manifest', () => {
  it('leaves a run folder that says so', async () => {
    const { stdout, exitCode } = await submit(
      '--json',
      '--conf',
      'spark.app.token=canary-4711',
      // Beside another driver, Spark would say on stderr that the usual port is taken.
      '--conf',
      'spark.ui.port=0',
      'script.py',
      '0',
      'b',
    );
    expect(exitCode).toBe(0);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({
      schemaVersion: 1,
      state: 'succeeded',
      exitCode: 0,
      job: { name: 'script', arguments: ['0', 'b'] },
      cluster: { name: 'default', backend: 'local', workers: 1, ephemeral: false },
      versions: { spark: '4.3.0' },
      driver: { exitCode: 0 },
    });
    expect(run.applicationIds).toEqual([expect.stringMatching(/^app-\d{14}-\d{4}$/)]);
    expect(run.links.history).toMatch(
      new RegExp(`^http://127\\.0\\.0\\.1:\\d+/history/${run.applicationIds[0]}/jobs/$`),
    );
    const folder = project.path('.sparkctl/runs', run.id);
    expect(await readFile(join(folder, 'stdout.log'), 'utf8')).toContain('sum 499500\n');
    expect(await readFile(join(folder, 'stderr.log'), 'utf8')).toBe(
      'WARNING: Using incubator modules: jdk.incubator.vector\n',
    );
    const secret = await readFile(project.path('.sparkctl/clusters/default/secret'), 'utf8');
    const record = await readFile(join(folder, 'run.json'), 'utf8');
    expect(record).not.toContain(secret);
    expect(record).not.toContain('canary-4711');
    const events = await readFile(
      join(folder, 'eventlog', `eventlog_v2_${run.applicationIds[0]}`, `events_1_${run.applicationIds[0]}`),
      'utf8',
    );
    expect(events).toContain('"Event":"SparkListenerApplicationEnd"');
    expect(events).not.toContain(secret);
    const shown = await sparkctl(['runs', 'show', run.id.slice(0, -2), '--json'], { cwd: project.folder });
    expect(JSON.parse(shown.stdout)).toEqual(run);
    const logs = await sparkctl(['runs', 'logs', run.id], { cwd: project.folder });
    expect(logs.stdout).toBe("arguments ['0', 'b']\nsum 499500\ndoubled 9900\ngrüße\n");
    const list = await sparkctl(['runs', 'list', '--json'], { cwd: project.folder });
    expect(JSON.parse(list.stdout).runs.map(({ id }: { id: string }) => id)).toContain(run.id);
  });

  it('ends with the signal that killed it', async () => {
    await project.write(
      'killed.py',
      'import os, signal\nprint("before", flush=True)\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()\n',
    );
    const killed = await submit('--master', 'local[1]', '--json', 'killed.py');
    expect(killed.exitCode).toBe(137);
    expect(killed.stderr).toContain(
      `sparkctl: The script ${project.path('killed.py')} was ended by SIGKILL (exit code 137).\n`,
    );
    expect(JSON.parse(killed.stdout)).toMatchObject({ state: 'failed', cause: 'application', exitCode: 137 });
  });

  it('is shown by --dry-run as a command that can be pasted', async () => {
    const { stdout, stderr, exitCode } = await submit(
      '--dry-run',
      '--conf',
      'spark.my.password=canary',
      'script.py',
      '0',
      "it's",
    );
    expect(stderr).toBe('Would submit to running cluster default (local)\n');
    expect(stdout).toMatch(
      /^spark-submit --master spark:\/\/127\.0\.0\.1:\d+ --conf spark\.authenticate=true .*script\.py 0 'it'\\''s'\n$/,
    );
    expect(stdout).not.toContain('canary');
    expect(exitCode).toBe(0);
  });

  it('is not asked for where spark-submit answers by itself', async () => {
    const { stderr, exitCode } = await submit('--version');
    expect(stderr).toContain('version 4.3.0');
    expect(exitCode).toBe(0);
  });
});
