import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { choosePort } from '../../src/cluster/free-port.ts';
import { readMasterState } from '../../src/cluster/spark-pages.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { executorsSoon } from '../support/soon.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

it('submits to a cluster that sparkctl did not make', async () => {
  await using project = temporaryProject();
  const spark = testInstallation();
  const [{ home }, runtime] = await Promise.all([spark.java(), spark.runtime()]);
  const [port, webPort, workerPort] = [
    await choosePort(17077),
    await choosePort(18180),
    await choosePort(18181),
  ];
  const stock = (className: string, ...args: readonly string[]) =>
    execa(
      join(runtime.sparkHome, 'bin/spark-class'),
      [`org.apache.spark.deploy.${className}`, '--host', '127.0.0.1', ...args],
      {
        cwd: project.folder,
        env: {
          JAVA_HOME: home,
          SPARK_HOME: runtime.sparkHome,
          SPARK_LOCAL_IP: '127.0.0.1',
          SPARK_WORKER_DIR: project.path('work'),
        },
        reject: false,
        buffer: false,
      },
    );
  const master = stock('master.Master', '--port', String(port), '--webui-port', String(webPort));
  const alive = async () => ((await readMasterState(`http://127.0.0.1:${webPort}`)) ? true : undefined);
  expect(await waitUntil(alive, { timeoutMs: 60_000 })).toBe(true);
  const url = `spark://127.0.0.1:${port}`;
  const worker = stock(
    'worker.Worker',
    '--cores',
    '1',
    '--memory',
    '1g',
    '--webui-port',
    String(workerPort),
    url,
  );
  try {
    await project.write(
      'script.py',
      'from pyspark import SparkContext\nprint(SparkContext().parallelize(range(10)).count())\n',
    );
    const conf = [...executorsSoon, '--conf', 'spark.driver.host=127.0.0.1'];
    const words = ['submit', '--master', url, ...conf, '--json', 'script.py'];
    const { exitCode, stdout, stderr } = await sparkctl(words, {
      cwd: project.folder,
      env: { SPARK_LOCAL_IP: '127.0.0.1' },
    });
    expect(exitCode, stderr).toBe(0);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({
      state: 'succeeded',
      cluster: { backend: 'external', master: url, ephemeral: false },
    });
    expect(run.applicationIds).toEqual([expect.stringMatching(/^app-\d{14}-0000$/)]);
    const logs = await sparkctl(['runs', 'logs'], { cwd: project.folder });
    expect(logs.stdout).toBe('10\n');
  } finally {
    worker.kill();
    master.kill();
    await Promise.all([worker, master]);
  }
});
