import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { fault } from '../fault.ts';
import { holdDatabase } from '../hold-database.ts';
import { stagedFolders, type UsersProject } from '../users-project.ts';

/** Another process holds the database, from the start or from the time when rows are written. */
export function heldDatabase(cluster: () => UsersProject): void {
  describe('a database that another process holds', () => {
    const submit = ['submit', '--rows', '20000', '--seed', '7', 'jobs/etl.py', '--lock-timeout', '2'];

    fault(
      { number: 15, where: 'local', injected: 'BEGIN EXCLUSIVE elsewhere before the run' },
      async ({ watch }) => {
        const project = cluster();
        const { database } = project.users;
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const { release } = await holdDatabase(database);
          const { exitCode, stderr } = await project.run(...submit);
          await release();
          expect(stderr).toMatch(
            new RegExp(
              `sparkctl: The database ${database} is locked by another process \\(waited \\d+ s\\)\\.\n`,
            ),
          );
          expect(exitCode).toBe(75);
          return exitCode;
        });
      },
    );

    fault(
      { number: 15, where: 'local', injected: 'BEGIN EXCLUSIVE elsewhere once rows are written' },
      async ({ watch }) => {
        const project = cluster();
        const { database } = project.users;
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const running = project.start(...submit);
          await waitUntil(() => (stagedFolders(project).length > 0 ? true : undefined), {
            timeoutMs: 120_000,
            intervalMs: 5,
          });
          const { release } = await holdDatabase(database);
          const { exitCode, stdout } = await running;
          await release();
          expect(stdout).toContain(
            `etl: database is locked by another process: ${database}. Try again when it has finished.\n`,
          );
          expect(exitCode).toBe(75);
          expect(stagedFolders(project)).toEqual([]);
          return exitCode;
        });
      },
    );
  });
}
