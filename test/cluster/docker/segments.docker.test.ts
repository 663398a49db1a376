import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { expectedPredictions } from '../../operations/expected-segments.ts';
import { executorsSoon, oneExecutorSoon } from '../../support/soon.ts';
import { repository, sparkctl, startSparkctl } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';
import { describeDocker, leftovers } from './docker-tests.ts';

let project: TemporaryProject;

const run = (...words: readonly string[]) => sparkctl(words, { cwd: project.folder });

describeDocker('the jobs segments, score and season on a Docker cluster', () => {
  beforeAll(async () => {
    project = temporaryProject();
    await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    await project.write('package.json', '{}');
    const words = [
      'cluster',
      'up',
      '--no-standby',
      '--backend',
      'docker',
      '--workers',
      '3',
      '--worker-memory',
      '1g',
    ];
    const up = await run(...words);
    expect(up.exitCode, up.stderr).toBe(0);
  });

  afterAll(async () => {
    await run('cluster', 'down', '--all');
    expect(await leftovers(project.folder)).toEqual([]);
    await project[Symbol.asyncDispose]();
  });

  it('finds the planted groups as on this machine alone, while a driver, three workers and a history server run', async () => {
    const words = [
      '--rows',
      '1500',
      '--json',
      'jobs/segments.py',
      '--min-k',
      '5',
      '--max-k',
      '6',
      '--starts',
      '2',
    ];
    const running = startSparkctl(['submit', ...executorsSoon, ...words], { cwd: project.folder });
    const nodes = await waitUntil(
      async () => {
        const { nodes: all } = JSON.parse((await run('cluster', 'status', '--json')).stdout) as {
          nodes: readonly { role: string; state: string }[];
        };
        const found = all.map(({ role, state }) => `${role} ${state}`).sort();
        return found.includes('driver running') || running.exitCode !== null ? found : undefined;
      },
      { timeoutMs: 120_000 },
    );
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    expect(nodes).toEqual([
      'driver running',
      'history running',
      'master running',
      'worker registered',
      'worker registered',
      'worker registered',
    ]);
    const record = JSON.parse(stdout);
    expect(record).toMatchObject({ state: 'succeeded', metrics: { k: 5 } });
    const predictions = await readFile(project.path('data/segments/predictions.csv'), 'utf8');
    expect(predictions).toBe(await expectedPredictions(project.path('data/customers.csv')));
  });

  it.each(['score', 'season'])('ends verified: %s', async (job) => {
    const { exitCode, stdout, stderr } = await run('submit', ...oneExecutorSoon, '--json', `jobs/${job}.py`);
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', cluster: { backend: 'docker' } });
  });
});
