import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { repository } from '../../support/sparkctl.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { contextOf, describeDocker, inspect } from './docker-tests.ts';

const version = await execa('docker-compose', ['version', '--short'], { reject: false });

describeDocker('docker-compose.yml without sparkctl', () => {
  it('makes the same cluster, which sparkctl understands', async ({ skip }) => {
    if (version.failed) skip('docker-compose is not installed');
    await using project = temporaryProject();
    await project.write('docker-compose.yml', readFileSync(`${repository}/docker-compose.yml`, 'utf8'));
    await project.write(
      'job.py',
      'from pyspark import SparkContext\nprint("count", SparkContext().parallelize(range(100)).count())\n',
    );
    await execa('chmod', ['755', project.folder]);
    // The image is made by the first cluster that sparkctl starts; here it is there already.
    const ports = { SPARK_MASTER_UI_PORT: '0', SPARK_HISTORY_PORT: '0' };
    const compose = async (...words: readonly string[]) =>
      await execa('docker-compose', words, { cwd: project.folder, env: { PWD: project.folder, ...ports } });
    const context = contextOf(project.folder);
    try {
      await compose('up', '-d', '--no-build');
      const name = basename(project.folder).toLowerCase();
      const status = await waitUntil(
        async () => {
          const [found] = await dockerBackend.list(context);
          return found?.state === 'running' ? found : undefined;
        },
        { timeoutMs: 120_000, intervalMs: 300 },
      );
      expect(status).toMatchObject({
        name,
        workers: { wanted: 2, alive: 2 },
        workerCores: 1,
        workerMemoryMb: 2048,
        ephemeral: false,
      });
      for (const { id } of status?.nodes ?? []) {
        expect((await inspect(id)).HostConfig).toMatchObject({
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          Init: true,
        });
      }
      const { stdout } = await compose('run', '--rm', '-T', 'spark-submit', 'job.py');
      expect(stdout).toBe('count 100');
      const master = status?.nodes.find(({ role }) => role === 'master')?.id ?? '';
      const inMaster = await execa('docker', ['exec', master, 'spark-submit', project.path('job.py')]);
      expect(inMaster.stdout).toBe('count 100');
      await expect(dockerBackend.connect(name, context)).rejects.toMatchObject({
        code: 'cluster-without-record',
      });
      const lines: string[] = [];
      for await (const line of dockerBackend.logs(name, 'master', false, context)) lines.push(line);
      expect(lines.join('\n')).toContain('Registered app');
      expect(await dockerBackend.down(name, context)).toBe(true);
      expect(await dockerBackend.list(context)).toEqual([]);
      expect((await compose('ps', '-q')).stdout).toBe('');
    } finally {
      await compose('down', '--volumes');
    }
  });
});
