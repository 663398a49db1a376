import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readMasterState } from '../../src/cluster/spark-pages.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { builtImage, daemon, describeDocker } from '../cluster/docker/docker-tests.ts';
import { executorsSoon } from '../support/soon.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

describeDocker('a standalone cluster of containers that mount nothing of the project but its input', () => {
  it('ends jobs/etl.py with a verified table', async () => {
    await using project = temporaryProject();
    const image = await builtImage();
    await chmod(project.folder, 0o755);
    await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    for (const folder of ['results', 'data']) await mkdir(project.path(folder));
    const manifest = await readFile(join(repository, 'jobs/etl.yaml'), 'utf8');
    await project.write('jobs/etl.yaml', manifest.replace('data/users.db', 'results/users.db'));
    const data = project.path('data');

    const started: string[] = [];
    onTestFinished(async () => {
      for (const id of started)
        await daemon().ask('an end', (docker) => docker.getContainer(id).remove({ force: true }));
    });
    const start = async (environment: Readonly<Record<string, string>>, binds: readonly string[] = []) => {
      const address = await daemon().ask('a container', async (docker) => {
        const container = await docker.createContainer({
          Image: image,
          Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
          HostConfig: { NetworkMode: 'bridge', Binds: [...binds] },
        });
        started.push(container.id);
        await container.start();
        const { NetworkSettings } = await container.inspect();
        return NetworkSettings.Networks['bridge'];
      });
      if (address === undefined) throw new Error('a container without an address');
      return { ip: address.IPAddress, gateway: address.Gateway };
    };
    const { ip, gateway } = await start({ SPARK_MODE: 'master' });
    const alive = async () => await readMasterState(`http://${ip}:8080`);
    expect(await waitUntil(alive, { timeoutMs: 60_000 })).toBeDefined();
    const worker = {
      SPARK_MODE: 'worker',
      SPARK_MASTER_URL: `spark://${ip}:7077`,
      SPARK_WORKER_CORES: '1',
      SPARK_WORKER_MEMORY: '1g',
    };
    for (const _ of [1, 2]) await start(worker, [`${data}:${data}:ro`]);

    const { python } = await testInstallation().runtime();
    const { stdout, stderr } = await sparkctl(
      [
        ...['submit', '--json', '--master', `spark://${ip}:7077`, '--rows', '5000', ...executorsSoon],
        ...['--conf', `spark.driver.host=${gateway}`, '--conf', 'spark.driver.bindAddress=0.0.0.0'],
        ...['--conf', 'spark.pyspark.python=/opt/venv/bin/python3'],
        ...['--conf', `spark.pyspark.driver.python=${python}`, 'jobs/etl.py'],
      ],
      { cwd: project.folder, env: { SPARK_LOCAL_IP: gateway } },
    );
    expect(stderr).not.toContain('sparkctl: ');
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, accounting: { read: 5_000 } });
    expect(run.checks.map(({ status }: { status: string }) => status)).toEqual(Array(5).fill('held'));
  });
});
