import { describe, expect } from 'vitest';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { lastProcesses } from '../spark-victims.ts';
import { type UsersProject, untilWriting } from '../users-project.ts';

const submit = (seed: number) => [
  ...['submit', '--rows', '2000', '--seed', String(seed), '--json', 'jobs/etl.py'],
  ...['--lock-timeout', '120'],
];

/** Starts a run that writes, and waits with all that it has written until it is let: it is not over before the test is. */
async function startWriting(project: UsersProject, seed: number) {
  const { release } = holdCommits(project.users.database);
  const running = project.start(...submit(seed));
  await untilWriting(project, running, 0);
  return { running, release };
}

/** A cluster that somebody wants to take down or change while a run uses it. It is gone in the end. */
export function changedCluster(
  cluster: () => UsersProject,
  { where }: { readonly where: 'local' | 'docker' },
): void {
  describe('a cluster in use', () => {
    const up = async () => {
      const words = [
        'cluster',
        'up',
        '--no-standby',
        '--backend',
        where,
        '--workers',
        '1',
        '--worker-memory',
        '1g',
      ];
      const { exitCode, stderr } = await cluster().run(...words);
      expect(exitCode, stderr).toBe(0);
    };

    fault(
      { number: 26, where, injected: 'cluster down, scale, and up with another size, while it writes' },
      async ({ watch }) => {
        const project = cluster();
        await up();
        return await watch(project.users, 'new', async () => {
          const { running, release } = await startWriting(project, 26);
          const commands = [['down'], ['scale', '2'], ['up', '--workers', '2']];
          const refused = await Promise.all(commands.map((words) => project.run('cluster', ...words)));
          for (const { exitCode, stderr } of refused) {
            expect(stderr).toMatch(/sparkctl: Cluster default is in use by run etl-[0-9a-f-]+\.\n/);
            expect(exitCode).toBe(75);
          }
          release();
          const { exitCode, stdout } = await running;
          expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', cluster: { workers: 1 } });
          return exitCode;
        });
      },
    );

    fault({ number: 26, where, injected: 'cluster down --force while it writes' }, async ({ watch }) => {
      const project = cluster();
      await up();
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const { running, release } = await startWriting(project, 27);
        const down = await project.run('cluster', 'down', '--force');
        expect([down.exitCode, down.stdout], down.stderr).toEqual([0, 'Cluster default is down.\n']);
        const { exitCode, stdout } = await running;
        release();
        expect(JSON.parse(stdout)).toMatchObject({
          state: 'killed',
          cause: 'terminated',
          message: expect.stringMatching(/^Stopped by sparkctl cluster down --force \(process \d+\)\.$/),
        });
        expect(await lastProcesses(project.folder)).toEqual([]);
        return exitCode;
      });
    });
  });
}
