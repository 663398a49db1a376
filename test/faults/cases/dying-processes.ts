import { existsSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { killDriver, killWorkers, lastProcesses } from '../spark-victims.ts';
import {
  manyRows,
  stagedFolders,
  tenthOfMany,
  type UsersProject,
  untilWriting,
  usersProject,
} from '../users-project.ts';

const many = ['submit', '--rows', String(manyRows), '--json', 'jobs/etl.py'];

/** Processes of a local cluster that are killed while many rows are written. */
export function dyingProcesses(cluster: () => UsersProject): void {
  describe('processes that die', () => {
    fault(
      { number: 3, where: 'local', injected: 'kill -9 of sparkctl while 40,000 rows are written' },
      async ({ watch }) => {
        const project = cluster();
        return await watch(project.users, 'old', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start(...many);
          await untilWriting(project, running, tenthOfMany);
          running.kill('SIGKILL');
          const { signal } = await running;
          // The next command ends the driver, which nobody looks after any more.
          const list = await project.run('runs', 'list', '--json');
          expect(JSON.parse(list.stdout).runs[0]).toMatchObject({ state: 'lost' });
          const next = await project.run('submit', '--cluster', 'default', 'none.py');
          expect(next.exitCode).toBe(66);
          release();
          return signal === 'SIGKILL' ? 137 : undefined;
        });
      },
    );

    fault(
      { number: 2, where: 'local', injected: 'kill -9 of the driver while 40,000 rows are written' },
      async ({ watch }) => {
        const project = cluster();
        const abandoned = stagedFolders(project);
        expect(abandoned).toHaveLength(1);
        return await watch(project.users, 'old', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start(...many);
          await untilWriting(project, running, tenthOfMany);
          // What the killed run had put aside is gone since the next one began.
          expect(stagedFolders(project)).toEqual([expect.not.stringContaining(abandoned[0] ?? '')]);
          killDriver(project.folder);
          const { exitCode, stdout } = await running;
          release();
          expect(JSON.parse(stdout)).toMatchObject({
            state: 'failed',
            cause: 'application',
            message: `The script ${project.path('jobs/etl.py')} was ended by SIGKILL (exit code 137).`,
          });
          return exitCode;
        });
      },
    );

    fault(
      { number: 2, where: 'local', injected: 'kill -9 of the driver in the commit of 40,000 rows' },
      async ({ watch }) => {
        const project = cluster();
        return await watch(project.users, ['old', 'new'], async () => {
          const { database } = project.users;
          const { release } = holdCommits(database);
          const running = project.start(...many);
          await untilWriting(project, running, tenthOfMany);
          // The journal is there from the first change to the end of the commit, which waits for the reader.
          await until(() => existsSync(`${database}-journal`));
          const { mtimeMs } = statSync(database);
          release();
          await until(() => statSync(database).mtimeMs > mtimeMs);
          killDriver(project.folder);
          return (await running).exitCode;
        });
      },
    );

    fault(
      {
        number: 1,
        where: 'local',
        injected: 'kill -9 of a worker and its executor in 40,000 rows',
      },
      async ({ watch }) => {
        const project = cluster();
        const scaled = await project.run('cluster', 'scale', '2');
        expect(scaled.exitCode, scaled.stderr).toBe(0);
        return await watch(project.users, 'new', async () => {
          const running = project.start(...many);
          await untilWriting(project, running, tenthOfMany);
          killWorkers(project.folder, 'one');
          const { exitCode, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          expect(stagedFolders(project)).toEqual([]);
          const status = await project.run('cluster', 'status', '--json');
          const { state, workers } = JSON.parse(status.stdout);
          expect([state, workers.wanted - workers.alive]).toEqual(['degraded', 1]);
          return exitCode;
        });
      },
    );

    fault(
      { number: 3, where: 'local', injected: 'kill -9 of sparkctl while it makes a cluster for a run' },
      async ({ watch }) => {
        await using project = await usersProject();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const running = project.start('submit', '--backend', 'local', '--rows', '100', 'jobs/etl.py');
          const begun = await waitUntil(
            () => (existsSync(project.path('.sparkctl/clusters')) ? true : undefined),
            { timeoutMs: 60_000, intervalMs: 10 },
          );
          expect(begun).toBe(true);
          running.kill('SIGKILL');
          await running;
          await project.run('cluster', 'list');
          expect(await lastProcesses(project.folder)).toEqual([]);
          return 137;
        });
      },
    );
  });
}

async function until(condition: () => boolean): Promise<void> {
  const timing = { timeoutMs: 180_000, intervalMs: 2 };
  expect(await waitUntil(() => condition() || undefined, timing)).toBe(true);
}
