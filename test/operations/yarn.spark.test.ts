import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { sparkctl, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { hasMaven, startYarn, type Yarn } from '../support/yarn.ts';

const script = `
import sys, time
from pyspark import SparkContext

sc = SparkContext(appName="count and\\tgo")
# To YARN a client that ends at once has failed.
if sys.argv[1] == "0" or sc.getConf().get("spark.submit.deployMode") == "client":
    print(sc.parallelize(range(10), 1).count(), flush=True)
time.sleep(int(sys.argv[2]))
sc.stop()
sys.exit(int(sys.argv[1]))
`;

/** An executor comes with the first task: a script that has none, and a driver that ends, need not wait for it. */
const onDemand = [
  ...['enabled=true', 'shuffleTracking.enabled=true', 'maxExecutors=1'].map(
    (property) => `spark.dynamicAllocation.${property}`,
  ),
  'spark.executor.instances=0',
].flatMap((property) => ['--conf', property]);

describe.skipIf(!(await hasMaven()))('on YARN', () => {
  let project: TemporaryProject;
  let yarn: Yarn;

  beforeAll(async () => {
    project = temporaryProject();
    await project.write('count.py', script);
    yarn = await startYarn(project);
  });

  afterAll(async () => {
    await yarn?.[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  const words = (...more: readonly string[]) => [
    'submit',
    '--json',
    '--master',
    'yarn',
    ...yarn.properties,
    ...onDemand,
    ...more,
  ];
  const options = () => ({ cwd: project.folder, env: yarn.environment });

  it.each([
    { mode: 'client', status: 0 },
    { mode: 'client', status: 3 },
    { mode: 'cluster', status: 0 },
    { mode: 'cluster', status: 3 },
  ])('$mode mode, a script that ends with $status', async ({ mode, status }) => {
    const { exitCode, stdout, stderr } = await sparkctl(
      words('--conf', `spark.submit.deployMode=${mode}`, 'count.py', String(status), '0'),
      options(),
    );
    expect(exitCode, stderr).toBe(status);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject(
      status === 0
        ? { state: 'succeeded', exitCode: 0 }
        : { state: 'failed', exitCode: 3, cause: 'application' },
    );
    expect(run.applicationIds).toEqual([expect.stringMatching(/^application_\d+_\d+$/)]);
    expect(stderr).toContain(run.applicationIds[0]);
    const ended = await yarn.application(run.applicationIds[0]);
    // YARN learns nothing of the exit code of a driver that is not its own.
    const finalStatus = mode === 'cluster' && status !== 0 ? 'FAILED' : 'SUCCEEDED';
    expect(ended).toMatchObject({ state: 'FINISHED', finalStatus });
    if (finalStatus === 'FAILED')
      expect(run.message).toMatch(
        /ended with exit code 3: YARN says FAILED: User application exited with status 3\.$/,
      );
  });

  it('follows an application whose client does not wait for it, and ends it with the run', async () => {
    const before = await yarn.applications();
    const running = startSparkctl(
      words(
        '--deploy-mode',
        'cluster',
        '--conf',
        'spark.yarn.submit.waitAppCompletion=false',
        'count.py',
        '3',
        '600',
      ),
      options(),
    );
    const started = async () => {
      const id = (await yarn.applications()).find((each) => !before.includes(each));
      return id !== undefined && (await yarn.application(id)).state === 'RUNNING' ? id : undefined;
    };
    const id = await waitUntil(started, { timeoutMs: 90_000 });
    running.kill('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(130);
    expect(await yarn.application(id ?? '')).toMatchObject({ state: 'KILLED', finalStatus: 'KILLED' });
  });
});
