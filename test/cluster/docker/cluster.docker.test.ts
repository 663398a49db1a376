import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { takeUpDriver } from '../../../src/cluster/docker/drivers.ts';
import { httpGet } from '../../../src/cluster/spark-pages.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { oneExecutor } from '../../support/soon.ts';
import { repository } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';
import { killByPage } from '../kill-by-page.ts';
import { contextOf, daemon, describeDocker, inspect, killContainer, leftovers } from './docker-tests.ts';
import { plan } from './planned-cluster.ts';
import { runDriver, startDriver } from './run-driver.ts';

describeDocker('a Docker cluster', () => {
  let project: TemporaryProject;
  let context: ReturnType<typeof contextOf>;
  let secret = '';

  beforeAll(async () => {
    project = temporaryProject();
    context = contextOf(project.folder);
    await project.write(
      'jobs/ends.py',
      `import os, sys
from pyspark import SparkContext
sc = SparkContext(appName="ends")
print("sum", sc.parallelize(range(1000)).sum(), sys.argv[1:], os.getcwd(), flush=True)
print("level", sc.getConf().get("spark.test.level"), flush=True)
open("data/made", "w").write("by the driver")
sys.stdout.buffer.write(b"\\xff\\x00 not text\\n")
sys.stdout.buffer.flush()
sc.stop()
sys.exit(7)
`,
    );
    await project.write(
      'jobs/slow.py',
      `import os, sys, time
from pyspark import SparkContext
sc = SparkContext(appName="slow")
def slowly(n):
    time.sleep(1)
    return n
print("started", flush=True)
print("sum", sc.parallelize(range(int(sys.argv[1])), int(sys.argv[1])).map(slowly).sum(), flush=True)
sc.stop()
`,
    );
    await dockerBackend.up(plan, context);
    secret = (await dockerBackend.connect('default', context)).secrets[0] ?? '';
  });

  afterAll(async () => {
    await dockerBackend.down('default', context);
    await project[Symbol.asyncDispose]();
  });

  it('is made of containers that can do no harm', async () => {
    const { nodes } = (await dockerBackend.status('default', context)) ?? { nodes: [] };
    expect(nodes).toHaveLength(4);
    for (const { id } of nodes) {
      const { Config, HostConfig, Mounts, NetworkSettings } = await inspect(id);
      expect(Config.User).toMatch(/^[1-9]\d*:0$/);
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ['ALL'],
        Init: true,
        PidMode: '',
        UTSMode: '',
      });
      expect(HostConfig.CapAdd ?? []).toEqual([]);
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Memory).toBeGreaterThan(512 * 1024 ** 2);
      expect(Mounts.map(({ Source }) => Source).filter((source) => source.includes('docker.sock'))).toEqual(
        [],
      );
      const published = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      expect(published.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    }
  });

  it('keeps its secret out of every description, argument, variable and log', async () => {
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const { nodes } = (await dockerBackend.status('default', context)) ?? { nodes: [] };
    for (const { id, name } of nodes) {
      expect(JSON.stringify(await inspect(id))).not.toContain(secret);
      const { stdout } = await execInside(id, 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ');
      expect(stdout).toContain('org.apache.spark');
      expect(stdout).not.toContain(secret);
      const lines: string[] = [];
      for await (const line of dockerBackend.logs('default', name, false, context)) lines.push(line);
      expect(lines.join('\n')).not.toContain(secret);
    }
    expect(JSON.stringify(context.events)).not.toContain(secret);
  });

  it('starts its Java processes from the archive of classes', async () => {
    const { nodes } = (await dockerBackend.status('default', context)) ?? { nodes: [] };
    for (const { id } of nodes) {
      expect((await execInside(id, 'cat /proc/[0-9]*/maps')).stdout).toContain('/classes.jsa');
    }
  });

  it('shows every page on this host, those of the workers through the master too', async () => {
    const status = await dockerBackend.status('default', context);
    const { workers, workerCores } = plan;
    expect(status?.resources).toMatchObject({
      cores: workers * workerCores,
      freeCores: workers * workerCores,
    });
    for (const { url } of status?.nodes ?? []) expect(await httpGet(`${url}/`, 5_000)).toContain('Spark');
    const page = (await httpGet(`${status?.links.master}/`, 5_000)) ?? '';
    const [, worker] = /href="(\/proxy\/worker-[^"]+)"/.exec(page) ?? [];
    expect(await httpGet(`${status?.links.master}${worker}/`, 5_000)).toContain('Spark Worker');
  });

  it('has no open door beside them', async () => {
    const { stdout } = await execa('ss', ['-ltnH']);
    const ports =
      (await dockerBackend.status('default', context))?.nodes.map(({ url }) => url?.split(':').at(-1)) ?? [];
    const listening = stdout.split('\n').filter((line) => ports.some((port) => line.includes(`:${port} `)));
    expect(listening).toHaveLength(4);
    expect(listening.filter((line) => !line.includes('127.0.0.1:'))).toEqual([]);
    const master = (await dockerBackend.status('default', context))?.nodes.find(
      ({ role }) => role === 'master',
    );
    // 1F91, 1E61 and 17B2 hexadecimal are 8081, 7777 and 6066: of these none may be listened on.
    const { stdout: inside } = await execInside(master?.id ?? '', 'cat /proc/net/tcp /proc/net/tcp6');
    const open = [...inside.matchAll(/:([0-9A-F]{4}) 0+:0000 0A/g)].map(([, port]) =>
      Number.parseInt(port ?? '', 16),
    );
    expect(open).toEqual(expect.arrayContaining([7077, 8080]));
    expect(open).not.toContain(6066);
  });

  it('is seen by Compose', async ({ skip }) => {
    const compose = async (...words: readonly string[]) =>
      await execa(
        'docker-compose',
        [
          '-f',
          `${repository}/docker-compose.yml`,
          '--env-file',
          project.path('.sparkctl/clusters/default/compose.env'),
          ...words,
        ],
        { reject: false, env: { PWD: project.folder } },
      );
    const version = await compose('version');
    if (version.failed) skip('docker-compose is not installed');
    const { stdout } = await compose('ps', '-q');
    const { nodes } = (await dockerBackend.status('default', context)) ?? { nodes: [] };
    expect(
      stdout
        .split('\n')
        .map((id) => id.slice(0, 12))
        .sort(),
    ).toEqual(nodes.map(({ id }) => id).sort());
    expect((await compose('logs', 'spark-worker')).stdout).toContain('Successfully registered with master');
  });

  it('runs a driver, and hands over its output byte by byte and its exit code', async () => {
    const properties = await project.write('settings.conf', 'spark.test.level low\nspark.app.name settled\\');
    const stronger = await project.write('stronger.conf', 'spark.test.level high');
    const { exit, stdout, stderr, driver, runId } = await runDriver(
      'default',
      context,
      [...oneExecutor, 'jobs/ends.py', 'a b', '--x'],
      [properties, stronger],
    );
    expect({ exit, stderr: stderr() }).toEqual({
      exit: { exitCode: 7 },
      stderr: expect.not.stringContaining('ERROR'),
    });
    const expected = `sum 499500 ['a b', '--x'] ${project.folder}\nlevel high\n`;
    expect(stdout()).toEqual(
      Buffer.concat([Buffer.from(expected), Buffer.from([255, 0]), Buffer.from(' not text\n')]),
    );
    expect(readFileSync(project.path('data/made'), 'utf8')).toBe('by the driver');
    expect(readFileSync(project.path('.sparkctl/runs', runId, 'spark.log'), 'utf8')).toContain(
      'Running Spark version 4.3.0',
    );
    expect(readdirSync(project.path('.sparkctl/clusters/default/drivers'))).toEqual([]);
    await expect(inspect(driver.id)).rejects.toThrow('No such container');
  });

  it('shows a run that has ended in the history server as completed', async () => {
    const { historyUrl, eventLogFolder } = await dockerBackend.connect('default', context);
    const listed = await waitUntil(
      async () => {
        const text = await httpGet(`${historyUrl}/api/v1/applications`, 2_000);
        const applications = JSON.parse(text ?? '[]') as {
          name: string;
          attempts: { completed: boolean }[];
        }[];
        const done = applications.filter(({ attempts }) => attempts[0]?.completed === true);
        return done.length > 0 ? done.map(({ name }) => name) : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(listed).toEqual(['ends']);
    expect(readdirSync(eventLogFolder ?? '').length).toBeGreaterThan(0);
  });

  it('takes a job from docker exec in the master, as Spark itself does', async () => {
    const master = (await dockerBackend.status('default', context))?.nodes.find(
      ({ role }) => role === 'master',
    );
    const submit = async (...words: readonly string[]) =>
      await execa('docker', ['exec', master?.id ?? '', 'spark-submit', ...oneExecutor, ...words], {
        reject: false,
      });
    const ended = await submit('--conf', 'spark.test.level=exec', project.path('jobs/ends.py'), 'a b');
    expect(ended.exitCode, ended.stderr).toBe(7);
    expect(ended.stdout).toContain(`sum 499500 ['a b'] ${project.folder}\nlevel exec\n`);
    expect(ended.stdout + ended.stderr).not.toContain(secret);
    // The role goes on with settings of its own, and the next command finds its own too.
    const again = await submit('jobs/slow.py', '2');
    expect([again.exitCode, again.stdout], again.stderr).toEqual([0, 'started\nsum 1']);
    expect(await dockerBackend.status('default', context)).toMatchObject({ state: 'running' });
  });

  it('is found again by another process, with all of its output', async () => {
    const words = [...oneExecutor, 'jobs/slow.py', '2'];
    const { runId, saw, driver } = await startDriver('default', context, words);
    await saw('started');
    const out: Uint8Array[] = [];
    const again = await takeUpDriver(
      'default',
      { runId, onStdout: (chunk) => void out.push(Uint8Array.from(chunk)), onStderr: () => {} },
      context,
    );
    expect(again?.id).toBe(driver.id);
    expect(await again?.exited.catch(() => 'removed by the other')).toBeDefined();
    await driver.exited;
    expect(Buffer.concat(out).toString()).toBe('started\nsum 1\n');
    expect(
      await takeUpDriver('default', { runId, onStdout: () => {}, onStderr: () => {} }, context),
    ).toBeUndefined();
  });

  it('shows the page of a running driver, and ends the driver and all that it runs when it is told to stop', async () => {
    const words = [...oneExecutor, 'jobs/slow.py', '600'];
    const { driver, saw, runId } = await startDriver('default', context, words);
    try {
      await saw('started');
      const page = await waitUntil(
        async () => {
          const status = await dockerBackend.status('default', context);
          expect(status).toMatchObject({ state: 'running' });
          return status?.nodes.find(({ name }) => name === `driver-${runId}`)?.url;
        },
        { timeoutMs: 60_000 },
      );
      const master = (await dockerBackend.status('default', context))?.links.master ?? '';
      expect(page).toMatch(new RegExp(`^${master}/proxy/app-[0-9-]+/$`));
      const [, style] = /href="(\/[^"]+\.css)"/.exec((await httpGet(`${page}jobs/`, 20_000)) ?? '') ?? [];
      expect(await httpGet(`${master}${style}`, 20_000)).toContain('{');
      // Were the application killed by this, the driver would have ended by itself.
      const application = /app-[0-9-]+/.exec(page ?? '')?.[0] ?? '';
      const pages = { master, driver: page?.replace(/\/$/, '') ?? '', application };
      expect(await killByPage(pages)).toEqual([]);
      // As on this machine: both take the archive; a driver does without the second compiler, an executor's starts late.
      const { nodes } = (await dockerBackend.status('default', context)) ?? { nodes: [] };
      const commands = await Promise.all(
        nodes.map(async ({ id }) => (await execInside(id, 'cat /proc/[0-9]*/cmdline')).stdout),
      );
      for (const [name, option] of [
        ['SparkSubmit', '-XX:TieredStopAtLevel=1'],
        ['CoarseGrainedExecutorBackend', '-XX:Tier4InvocationThreshold='],
      ] as const) {
        const command = commands.find((each) => each.includes(name));
        expect(command, name).toContain('-XX:SharedArchiveFile=/opt/spark/classes.jsa');
        expect(command, name).toContain('-XX:ArchiveRelocationMode=0');
        expect(command, name).toContain(option);
      }
    } finally {
      await driver.stop(10_000);
    }
    expect(await driver.exited).toEqual({ exitCode: 143, signal: 'SIGTERM' });
    await expect(inspect(driver.id)).rejects.toThrow('No such container');
    const idle = await waitUntil(
      async () => {
        const { links } = (await dockerBackend.status('default', context)) ?? {};
        const text = await httpGet(`${links?.master}/json/`, 2_000);
        const { activeapps } = JSON.parse(text ?? '{}') as { activeapps?: unknown[] };
        return activeapps?.length === 0 ? true : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(idle).toBe(true);
  });

  it('finishes a job when a worker is killed in the middle of it, and is whole again after up', async () => {
    const before = (await dockerBackend.status('default', context))?.nodes ?? [];
    const victim = before.find(({ name }) => name === 'worker-1');
    const { driver, saw, stdout, stderr } = await startDriver('default', context, ['jobs/slow.py', '16']);
    await saw('started');
    const busy = await waitUntil(
      async () =>
        (await execInside(victim?.id ?? '', 'cat /proc/[0-9]*/cmdline')).stdout.includes('pyspark.daemon')
          ? true
          : undefined,
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    expect(busy).toBe(true);
    await killContainer(victim?.id ?? '');
    expect({ exit: await driver.exited, stdout: stdout().toString() }, stderr()).toEqual({
      exit: { exitCode: 0 },
      stdout: 'started\nsum 120\n',
    });
    const degraded = await dockerBackend.status('default', context);
    expect(degraded).toMatchObject({ state: 'degraded', workers: { wanted: 2 } });
    expect(degraded?.nodes.find(({ name }) => name === 'worker-1')).toMatchObject({
      state: 'gone',
      reason: 'it was killed (exit code 137)',
    });
    const { changed, status } = await dockerBackend.up(plan, context);
    expect(changed).toBe(true);
    expect(status).toMatchObject({ state: 'running', workers: { wanted: 2, alive: 2 } });
    const stayed = status.nodes
      .filter(({ id }) => before.some((node) => node.id === id))
      .map(({ name }) => name);
    expect(stayed).toEqual(['master', 'worker-2', 'history']);
  });

  it('leaves neither containers nor a secret, and keeps the event logs', async () => {
    expect(await dockerBackend.down('default', context)).toBe(true);
    expect(await leftovers(project.folder)).toEqual([]);
    expect(existsSync(project.path('.sparkctl/clusters/default/secret'))).toBe(false);
    expect(readdirSync(project.path('.sparkctl/clusters/default/events')).length).toBeGreaterThan(0);
  });
});

async function execInside(id: string, command: string): Promise<{ stdout: string }> {
  return await daemon().ask('a look inside', async (docker) => {
    const exec = await docker
      .getContainer(id)
      .exec({ Cmd: ['sh', '-c', `${command} 2>/dev/null`], AttachStdout: true });
    const stream = await exec.start({});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { stdout: Buffer.concat(chunks).toString('latin1').replaceAll('\0', ' ') };
  });
}
