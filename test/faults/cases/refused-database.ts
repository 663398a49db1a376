import { chmod, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { repository } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** A database that this user may not write, found out before Spark starts. */
export function refusedDatabase(shared: () => UsersProject): void {
  describe('a database that may not be written', () => {
    const words = ['submit', '--master', 'local[1]', '--rows', '10000', '--progress', 'plain', 'jobs/etl.py'];
    /** As an ordinary user, where this is root, who may write everywhere. */
    const submit = async () => {
      const project = shared();
      const { exitCode, stderr } = await execa(
        process.execPath,
        [`${repository}/bin/sparkctl.js`, ...words],
        {
          cwd: project.folder,
          env: { HOME: project.folder },
          reject: false,
          ...(isRoot ? { uid: nobody } : {}),
        },
      );
      return { exitCode, stderr };
    };
    const open = async () => {
      const project = shared();
      await rm(project.path('.sparkctl'), { recursive: true, force: true });
      await chmod(project.folder, 0o777);
      for (const file of ['data/users.jsonl', 'data/users.jsonl.ledger.json'])
        await chmod(project.path(file), 0o666);
    };

    fault({ number: 16, where: '-', injected: 'the database has mode 0444' }, async ({ watch }) => {
      const project = shared();
      await open();
      await chmod(project.path('data'), 0o777);
      await chmod(project.users.database, 0o444);
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const { exitCode, stderr } = await submit();
        expect(stderr).toContain(
          `sparkctl: The database ${project.users.database} cannot be written. SQLite says: attempt to write a readonly database (SQLITE_READONLY).\n`,
        );
        expect(exitCode).toBe(77);
        await chmod(project.users.database, 0o666);
        return exitCode;
      });
    });

    fault({ number: 16, where: '-', injected: 'its folder has mode 0555' }, async ({ watch }) => {
      const project = shared();
      await open();
      await chmod(project.path('data'), 0o555);
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const { exitCode, stderr } = await submit();
        await chmod(project.path('data'), 0o755);
        expect(stderr).toContain('attempt to write a readonly database (SQLITE_READONLY_DIRECTORY).\n');
        expect(exitCode).toBe(77);
        await rm(project.path('.sparkctl'), { recursive: true, force: true });
        return exitCode;
      });
    });

    fault(
      { number: 16, where: '-', injected: 'its folder is mounted read-only' },
      async ({ watch, skip }) => {
        if (!isRoot) skip('only root can mount');
        const project = shared();
        const folder = project.path('data');
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          await execa('mount', ['--bind', folder, folder]);
          try {
            await execa('mount', ['-o', 'remount,bind,ro', folder]);
            const { exitCode, stderr } = await project.run(...words);
            expect(stderr).toMatch(/^sparkctl: .*cannot be written/m);
            expect(exitCode).toBe(77);
            return exitCode;
          } finally {
            await execa('umount', [folder]);
          }
        });
      },
    );
  });
}
