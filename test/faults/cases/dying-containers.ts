import { describe, expect } from 'vitest';
import { label } from '../../../src/cluster/docker/plan/labels.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { daemon, killContainer, leftovers } from '../../cluster/docker/docker-tests.ts';
import { startedUntilPrinted } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { manyRows, tenthOfMany, type UsersProject, untilWriting } from '../users-project.ts';

const submit = (seed: number) => [
  ...['submit', '--rows', String(manyRows), '--seed', String(seed), '--json', 'jobs/etl.py'],
  ...['--lock-timeout', '120'],
];
const endless = 'import time\nprint("working", flush=True)\ntime.sleep(600)\n';

/** Containers that are killed while rows are written, and a sparkctl that no longer looks after them. */
export function dyingContainers(cluster: () => UsersProject): void {
  describe('containers that die', () => {
    const nodes = async (role: string): Promise<readonly { id: string; name: string; state: string }[]> => {
      const { stdout } = await cluster().run('cluster', 'status', '--json');
      return JSON.parse(stdout).nodes.filter((node: { role: string }) => node.role === role);
    };
    /** The daemon is asked, which answers sooner than a command and takes less for it. */
    const drivers = async (): Promise<readonly string[]> => {
      const filters = { label: [`${label.project}=${cluster().folder}`, `${label.role}=driver`] };
      const found = await daemon().ask('the drivers', (docker) => docker.listContainers({ filters }));
      return found.map(({ Id }) => Id);
    };

    fault(
      { number: 2, where: 'docker', injected: 'kill -9 of the container of the driver' },
      async ({ watch }) => {
        const project = cluster();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start(...submit(3));
          await untilWriting(project, running, tenthOfMany);
          for (const id of await drivers()) await killContainer(id);
          const { exitCode, stdout } = await running;
          release();
          expect(exitCode).toBe(137);
          expect(JSON.parse(stdout)).toMatchObject({ state: 'failed', cause: 'application', exitCode: 137 });
          return exitCode;
        });
      },
    );

    fault(
      {
        number: 3,
        where: 'docker',
        injected: 'kill -9 of sparkctl; on a kept cluster the driver goes on',
      },
      async ({ watch }) => {
        const project = cluster();
        return await watch(project.users, 'new', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start(...submit(3));
          await untilWriting(project, running, tenthOfMany);
          running.kill('SIGKILL');
          await running;
          expect(await nodes('driver')).toEqual([expect.objectContaining({ state: 'running' })]);
          release();
          const ended = async () => ((await drivers()).length === 0 ? true : undefined);
          expect(await waitUntil(ended, { timeoutMs: 120_000, intervalMs: 200 })).toBe(true);
          const gone = async () => ((await nodes('driver')).length === 0 ? true : undefined);
          expect(await waitUntil(gone, { timeoutMs: 30_000, intervalMs: 500 })).toBe(true);
          const { stdout } = await project.run('runs', 'list', '--json');
          expect(JSON.parse(stdout).runs[0]).toMatchObject({ state: 'lost' });
          return 137;
        });
      },
    );

    for (const [number, signal, injected] of [
      [3, 'SIGKILL', 'kill -9 of sparkctl on a cluster made for the run'],
      [18, 'SIGINT', 'Ctrl-C while a script works on a cluster of its own'],
    ] as const) {
      fault({ number, where: 'docker', injected }, async ({ watch }) => {
        const project = cluster();
        await project.write('endless.py', endless);
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const words = ['submit', '--backend', 'docker', '--cluster', 'own', '--workers', '1', 'endless.py'];
          const { running } = await startedUntilPrinted(words, { cwd: project.folder }, 'working');
          const own = async () => (await leftovers(project.folder)).filter((name) => name.includes('own-'));
          const others = async () =>
            (await leftovers(project.folder)).filter((name) => !name.includes('own-'));
          const before = await others();
          expect(await own()).not.toEqual([]);
          running.kill(signal);
          const { exitCode } = await running;
          if (signal === 'SIGKILL') await project.run('cluster', 'list');
          else expect(exitCode).toBe(130);
          expect(await own()).toEqual([]);
          expect([...(await others())].sort()).toEqual([...before].sort());
          return exitCode ?? 137;
        });
      });
    }

    fault(
      { number: 1, where: 'docker', injected: 'kill -9 of the container of a worker' },
      async ({ watch }) => {
        const project = cluster();
        const scaled = await project.run('cluster', 'scale', '2');
        expect(scaled.exitCode, scaled.stderr).toBe(0);
        return await watch(project.users, 'new', async () => {
          const [worker] = await nodes('worker');
          const running = project.start(...submit(4));
          await untilWriting(project, running, tenthOfMany);
          await killContainer(worker?.id ?? '');
          const { exitCode, stdout, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          expect(JSON.parse(stdout).accounting.read).toBe(manyRows);
          const { stdout: status } = await project.run('cluster', 'status', '--json');
          expect(JSON.parse(status)).toMatchObject({ state: 'degraded', workers: { wanted: 2, alive: 1 } });
          return exitCode;
        });
      },
    );
  });
}
