import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { killContainer, leftovers } from '../../cluster/docker/docker-tests.ts';
import { startedUntilPrinted } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import { type UsersProject, untilWriting } from '../users-project.ts';

const rows = 50_000;
const submit = (seed: number, count = rows) => [
  ...['submit', '--rows', String(count), '--seed', String(seed), '--json', 'jobs/etl.py'],
];
/** A fraction of what so many rows take. */
const someBytes = 2 ** 19;
const endless = 'import time\nprint("working", flush=True)\ntime.sleep(600)\n';

/** Containers that are killed while rows are written, and a sparkctl that no longer looks after them. */
export function dyingContainers(cluster: () => UsersProject): void {
  describe('containers that die', () => {
    const nodes = async (role: string): Promise<readonly { id: string; name: string; state: string }[]> => {
      const { stdout } = await cluster().run('cluster', 'status', '--json');
      return JSON.parse(stdout).nodes.filter((node: { role: string }) => node.role === role);
    };

    fault(
      { number: 2, where: 'docker', injected: 'kill -9 of the container of the driver' },
      async ({ watch }) => {
        const project = cluster();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          // Its commit must not be faster than the kill.
          const running = project.start(...submit(3, 200_000));
          await untilWriting(project, running, someBytes);
          for (const { id } of await nodes('driver')) await killContainer(id);
          const { exitCode, stdout } = await running;
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
          const running = project.start(...submit(3));
          await untilWriting(project, running, someBytes);
          running.kill('SIGKILL');
          await running;
          expect(await nodes('driver')).toEqual([expect.objectContaining({ state: 'running' })]);
          const ended = await waitUntil(
            async () => ((await nodes('driver')).length === 0 ? true : undefined),
            {
              timeoutMs: 120_000,
              intervalMs: 500,
            },
          );
          expect(ended).toBe(true);
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
          const running = project.start(...submit(4));
          await untilWriting(project, running, someBytes);
          const [worker] = await nodes('worker');
          await killContainer(worker?.id ?? '');
          const { exitCode, stdout, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          expect(JSON.parse(stdout).accounting.read).toBe(rows);
          const { stdout: status } = await project.run('cluster', 'status', '--json');
          expect(JSON.parse(status)).toMatchObject({ state: 'degraded', workers: { wanted: 2, alive: 1 } });
          return exitCode;
        });
      },
    );
  });
}
