import { readdirSync, statSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { canHide } from '../support/namespaces.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { repository, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { hasMaven, startYarn, type Yarn } from '../support/yarn.ts';

const rows = 60_000;

describe.skipIf(!(await hasMaven()) || !canHide)('on YARN, whose node does not see the database', () => {
  let project: TemporaryProject;
  let yarn: Yarn;

  beforeAll(async () => {
    project = temporaryProject();
    await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    const manifest = await readFile(join(repository, 'jobs/etl.yaml'), 'utf8');
    await project.write('jobs/etl.yaml', manifest.replace('data/users.db', 'results/users.db'));
    for (const folder of ['results', 'worker']) await mkdir(project.path(folder), { recursive: true });
    yarn = await startYarn(project, { hidden: project.path('results') });
  });

  afterAll(async () => {
    await yarn?.[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const words = () => [
    ...['submit', '--json', '--master', 'yarn', ...yarn.properties, '--rows', String(rows)],
    ...['--conf', `spark.executorEnv.TMPDIR=${project.path('worker')}`, 'jobs/etl.py'],
  ];
  const options = () => ({ cwd: project.folder, env: yarn.environment });

  it('ends with a verified table, also when its executor is killed while it writes', async () => {
    const running = startSparkctl(words(), options());
    const writes = () => {
      const shards = readdirSync(project.path('worker'), { recursive: true, withFileTypes: true }).filter(
        (file) => file.isFile() && file.name.endsWith('.db'),
      );
      return shards.some((file) => statSync(join(file.parentPath, file.name)).size > 0) ? true : undefined;
    };
    expect(await waitUntil(writes, { timeoutMs: 120_000, intervalMs: 20 })).toBe(true);
    const executors = processesMentioning(project.folder).filter((line) =>
      line.includes('YarnCoarseGrainedExecutorBackend'),
    );
    expect(executors).not.toEqual([]);
    for (const line of executors) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    const { stdout, stderr } = await running;
    expect(stderr).not.toContain('sparkctl: ');
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, accounting: { read: rows } });
    expect(run.checks.map(({ status }: { status: string }) => status)).toEqual(Array(5).fill('held'));
    expect(readdirSync(project.path('results'))).toEqual(['users.db']);
  });
});
