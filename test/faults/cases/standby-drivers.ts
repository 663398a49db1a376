import { afterAll, beforeAll, describe, expect } from 'vitest';
import { standbyFolders } from '../../../src/cluster/standby/standby-folder.ts';
import { findMarked } from '../../../src/system/processes/process-mark.ts';
import { sparkctl, startSparkctl } from '../../support/sparkctl.ts';
import { untilStandbyReady } from '../../support/standby.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { killWorkers, lastProcesses } from '../spark-victims.ts';
import { manyRows, tenthOfMany, type UsersProject, untilWriting, usersProject } from '../users-project.ts';

// Submitted without any option of Spark's, as the driver that waits after `cluster up` was made.
const few = (seed: number) => ['submit', '--rows', '1000', '--seed', String(seed), '--json', 'jobs/etl.py'];
const many = ['submit', '--rows', String(manyRows), '--json', 'jobs/etl.py'];

/** A standby driver that is killed while it waits or when it is a run's, and the processes that it depends on. */
export function standbyDrivers(): void {
  describe('standby drivers', () => {
    let project: UsersProject;

    beforeAll(async () => {
      project = await usersProject();
      const up = await project.run('cluster', 'up', '--backend', 'local', '--workers', '2');
      if (up.exitCode !== 0) throw new Error(up.stderr);
    });

    afterAll(async () => {
      await project.run('cluster', 'down');
      const left = await lastProcesses(project.folder);
      if (left.length > 0) throw new Error(`still there: ${left.join('\n')}`);
      await project[Symbol.asyncDispose]();
    });

    const untilReady = () => untilStandbyReady(project.folder);
    const processesOfStandby = async () => {
      const [standby] = await standbyFolders(project.folder, 'default');
      return await findMarked(standby?.id ?? '');
    };
    const killStandby = async () => {
      for (const pid of await processesOfStandby()) process.kill(pid, 'SIGKILL');
    };

    fault(
      { number: 31, where: 'local', injected: 'kill -9 of the standby driver while it waits' },
      async ({ watch }) =>
        await watch(project.users, 'new', async () => {
          await untilReady();
          await killStandby();
          const { exitCode, stdout } = await sparkctl(few(3), { cwd: project.folder });
          expect(JSON.parse(stdout)).toMatchObject({
            state: 'succeeded',
            driver: { start: 'cold', reason: 'the standby driver had gone' },
          });
          return exitCode;
        }),
    );

    fault(
      {
        number: 31,
        where: 'local',
        injected: 'kill -9 of a worker and its executor while the standby waits',
      },
      async ({ watch }) =>
        await watch(project.users, 'new', async () => {
          await untilReady();
          killWorkers(project.folder, 'one');
          const { exitCode, stdout } = await sparkctl(few(7), { cwd: project.folder });
          expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', driver: { start: 'warm' } });
          return exitCode;
        }),
    );

    fault(
      { number: 31, where: 'local', injected: 'kill -9 of a warm driver while 40,000 rows are written' },
      async ({ watch }) =>
        await watch(project.users, 'old', async () => {
          await untilReady();
          const [victim] = await standbyFolders(project.folder, 'default');
          const { release } = holdCommits(project.users.database);
          const running = startSparkctl(many, { cwd: project.folder });
          await untilWriting(project, running, tenthOfMany);
          for (const pid of await findMarked(victim?.id ?? '')) process.kill(pid, 'SIGKILL');
          const { exitCode, stdout } = await running;
          release();
          expect(JSON.parse(stdout)).toMatchObject({
            state: 'failed',
            cause: 'application',
            driver: { start: 'warm', exitCode: 137 },
            message: `The script ${project.path('jobs/etl.py')} was ended by SIGKILL (exit code 137).`,
          });
          return exitCode;
        }),
    );

    fault(
      { number: 31, where: 'local', injected: 'kill -9 of sparkctl, warm, while 40,000 rows are written' },
      async ({ watch }) =>
        await watch(project.users, 'old', async () => {
          await untilReady();
          const [standby] = await standbyFolders(project.folder, 'default');
          const { release } = holdCommits(project.users.database);
          const running = startSparkctl(many, { cwd: project.folder });
          await untilWriting(project, running, tenthOfMany);
          running.kill('SIGKILL');
          await running;
          // The next command ends the driver, which nobody looks after any more.
          const list = await project.run('cluster', 'list', '--json');
          expect(list.exitCode, list.stderr).toBe(0);
          release();
          expect(await findMarked(standby?.id ?? '')).toEqual([]);
          expect(await standbyFolders(project.folder, 'default')).toEqual([]);
          return 137;
        }),
    );

    fault(
      { number: 31, where: 'local', injected: 'cluster down while a standby driver waits' },
      async ({ watch }) =>
        await watch(project.users, 'old', async () => {
          const up = await project.run('cluster', 'up', '--backend', 'local', '--workers', '2');
          expect(up.exitCode, up.stderr).toBe(0);
          expect(await processesOfStandby()).not.toEqual([]);
          const { exitCode } = await project.run('cluster', 'down');
          expect(await lastProcesses(project.folder)).toEqual([]);
          expect(await standbyFolders(project.folder, 'default')).toEqual([]);
          return exitCode;
        }),
    );
  });
}
