import { existsSync, readdirSync } from 'node:fs';
import { readFile, rename, rm, symlink } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { temporaryProject } from '../../support/temporary-project.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { manyRows, tenthOfMany, type UsersProject, untilWriting } from '../users-project.ts';

/** Paths that lead out of the project: by their words, or by links, also by one that is made after everything was checked. */
export function leavingPaths(shared: () => UsersProject): void {
  describe('paths that leave the project', () => {
    const refused: readonly [string, (text: string) => string][] = [
      ['database.path: ../outside.db', (text) => text.replace('data/users.db', '../outside.db')],
      ['input.path: /etc/passwd', (text) => text.replace('data/users.jsonl', '/etc/passwd')],
      ['database.path through a link to /etc', (text) => text.replace('data/users.db', 'linked/users.db')],
    ];
    for (const [injected, change] of refused) {
      fault({ number: 13, where: '-', injected }, async ({ watch }) => {
        const project = shared();
        await rm(project.path('linked'), { force: true });
        await symlink('/etc', project.path('linked'));
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
          await project.write('jobs/leaving.yaml', `script: etl.py\n${change(manifest)}`);
          const { exitCode, stderr } = await project.run(
            'submit',
            '--master',
            'local[1]',
            'jobs/leaving.yaml',
          );
          expect(stderr).toMatch(/^sparkctl: jobs\/leaving\.yaml has a mistake:\n.*leads out of the project/);
          expect(exitCode).toBe(78);
          expect(existsSync('/etc/users.db')).toBe(false);
          return exitCode;
        });
      });
    }

    fault({ number: 13, where: '-', injected: 'a cluster called ../../x' }, async ({ watch }) => {
      const project = shared();
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const { exitCode } = await project.run(
          'cluster',
          'up',
          '--no-standby',
          '--backend',
          'local',
          '--cluster',
          '../../x',
        );
        expect(exitCode).toBe(64);
        return exitCode;
      });
    });

    fault(
      { number: 13, where: 'local[2]', injected: 'data/ becomes a link to elsewhere while rows are written' },
      async ({ watch }) => {
        const project = shared();
        await using elsewhere = temporaryProject();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const words = ['submit', '--master', 'local[2]', '--rows', String(manyRows), 'jobs/etl.py'];
          const { release } = holdCommits(project.users.database);
          const running = project.start(...words);
          await untilWriting(project, running, tenthOfMany);
          await rename(project.path('data'), project.path('kept'));
          await symlink(elsewhere.folder, project.path('data'));
          release();
          const { exitCode } = await running;
          await rm(project.path('data'));
          await rename(project.path('kept'), project.path('data'));
          expect(readdirSync(elsewhere.folder)).toEqual([]);
          expect(exitCode).not.toBe(0);
          return exitCode;
        });
      },
    );
  });
}
