import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMasterState } from '../../src/cluster/master-state.ts';
import { waitUntil } from '../../src/process/wait-until.ts';
import { expectSecretsKept } from '../submit/secrets-contract.ts';
import { repository, sparkctl, startedUntilPrinted, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { describeDocker, killContainer, leftovers } from './docker-tests.ts';

let project: TemporaryProject;

const run = (...words: readonly string[]) => sparkctl(words, { cwd: project.folder });

/** The whole table as one text, in the order of its key. */
function tableText(folder: string): string {
  const connection = new Sqlite(join(folder, 'data/users.db'), { readonly: true });
  try {
    return JSON.stringify(connection.prepare('SELECT * FROM users ORDER BY id').raw().all());
  } finally {
    connection.close();
  }
}

describeDocker('a job on a Docker cluster', () => {
  beforeAll(async () => {
    project = temporaryProject();
    await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    await project.write('package.json', '{}');
    const up = await run('cluster', 'up', '--backend', 'docker', '--workers', '2');
    expect(up.exitCode, up.stderr).toBe(0);
  });

  afterAll(async () => {
    await run('cluster', 'down', '--all');
    expect(await leftovers(project.folder)).toEqual([]);
    await project[Symbol.asyncDispose]();
  });

  it('keeps secrets to the driver alone', async () => {
    await expectSecretsKept(project, []);
  });

  it('ends in the same verified table as on this machine alone, and is listed as completed', async () => {
    const docker = await run('submit', '--rows', '20000', '--json', 'jobs/etl.py');
    expect(docker.exitCode, docker.stderr).toBe(0);
    const record = JSON.parse(docker.stdout);
    expect(record).toMatchObject({ state: 'succeeded', cluster: { backend: 'docker', ephemeral: false } });
    const [application] = record.applicationIds;
    const history = new URL(record.links.history);
    expect(history.pathname).toBe(`/history/${application}/jobs/`);
    const completed = await waitUntil(
      async () => {
        const response = await fetch(new URL(`/api/v1/applications/${application}`, history));
        if (!response.ok) return undefined;
        const { attempts } = (await response.json()) as { attempts: readonly { completed: boolean }[] };
        return attempts.every(({ completed: over }) => over) ? true : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(completed).toBe(true);

    await using other = temporaryProject();
    await cp(join(repository, 'jobs'), other.path('jobs'), { recursive: true });
    await other.write('package.json', '{}');
    const words = ['submit', '--master', 'local[2]', '--rows', '20000', '--json', 'jobs/etl.py'];
    const local = await sparkctl(words, { cwd: other.folder });
    expect(local.exitCode, local.stderr).toBe(0);
    expect(JSON.parse(local.stdout).accounting).toEqual(record.accounting);
    expect(tableText(project.folder)).toBe(tableText(other.folder));
  });

  it('ends in a verified table although a worker is killed in the middle', async () => {
    const status = JSON.parse((await run('cluster', 'status', '--json')).stdout);
    const running = startSparkctl(['submit', '--rows', '300000', '--json', 'jobs/etl.py'], {
      cwd: project.folder,
    });
    const busy = await waitUntil(
      async () => ((await readMasterState(status.links.master))?.activeapps.length ? true : undefined),
      { timeoutMs: 120_000 },
    );
    expect(busy).toBe(true);
    const worker = status.nodes.find(({ name }: { name: string }) => name === 'worker-2');
    await killContainer(worker.id);
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    const record = JSON.parse(stdout);
    expect(record.checks.map(({ status: verdict }: { status: string }) => verdict)).toEqual(
      Array(5).fill('held'),
    );
    expect(record.accounting.read).toBe(300_000);
    const degraded = JSON.parse((await run('cluster', 'status', '--json')).stdout);
    expect(degraded).toMatchObject({ state: 'degraded', workers: { wanted: 2, alive: 1 } });
  });

  it('leaves a driver on a cluster that stays to its work when sparkctl is killed', async () => {
    await project.write('going-on.py', 'import time\nprint("working", flush=True)\ntime.sleep(600)\n');
    const { running } = await startedUntilPrinted(
      ['submit', 'going-on.py'],
      { cwd: project.folder },
      'working',
    );
    running.kill('SIGKILL');
    await running;
    const status = JSON.parse((await run('cluster', 'status', '--json')).stdout);
    const drivers = status.nodes.filter(({ role }: { role: string }) => role === 'driver');
    expect(drivers).toEqual([expect.objectContaining({ state: 'running' })]);
    const logs = await run('cluster', 'logs', drivers[0].name);
    expect(logs.stdout).toContain('working');
    await killContainer(drivers[0].id);
    const after = JSON.parse((await run('cluster', 'status', '--json')).stdout);
    expect(after.nodes.filter(({ role }: { role: string }) => role === 'driver')).toEqual([]);
  });

  it('leaves nothing of a cluster of its own after Ctrl-C', async () => {
    await project.write('endless.py', 'import time\nprint("working", flush=True)\ntime.sleep(600)\n');
    const words = ['submit', '--backend', 'docker', '--cluster', 'own', '--workers', '1', 'endless.py'];
    const { running } = await startedUntilPrinted(words, { cwd: project.folder }, 'working');
    expect((await leftovers(project.folder)).filter((name) => name.includes('own-'))).not.toEqual([]);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    expect((await leftovers(project.folder)).filter((name) => name.includes('own-'))).toEqual([]);
  });
});
