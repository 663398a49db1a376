import { expect } from 'vitest';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { killWorkers } from '../spark-victims.ts';
import { manyRows, tenthOfMany, type UsersProject, untilWriting } from '../users-project.ts';

/** All workers die while rows are written: the run ends at its timeout, and the cluster can be brought back. */
export function deadWorkers(cluster: () => UsersProject): void {
  fault(
    { number: 1, where: 'local', injected: 'kill -9 of all workers and executors, --timeout 50s' },
    async ({ watch }) => {
      const project = cluster();
      return await watch(project.users, 'old', async () => {
        const { release } = holdCommits(project.users.database);
        const running = project.start(
          'submit',
          '--rows',
          String(manyRows),
          '--timeout',
          '50s',
          '--json',
          'jobs/etl.py',
        );
        await untilWriting(project, running, tenthOfMany);
        killWorkers(project.folder, 'all');
        const { exitCode, stdout } = await running;
        release();
        expect(JSON.parse(stdout)).toMatchObject({
          state: 'timed-out',
          cause: 'timeout',
          exitCode: 124,
          message: 'The timeout of 50 s was reached, and the application was stopped.',
        });
        const refused = await project.run('submit', 'jobs/etl.py');
        expect(refused.stderr).toMatch(
          /^sparkctl: Cluster default \(local\) has no living worker: none of \d is registered with its master\.\n {2}Hint: Bring it back with: sparkctl cluster up --cluster default --backend local$/m,
        );
        expect(refused.exitCode).toBe(69);
        return exitCode;
      });
    },
  );
}
