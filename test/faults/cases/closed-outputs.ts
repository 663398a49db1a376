import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { inTerminal } from '../../support/in-terminal.ts';
import { repository } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { lastProcesses } from '../spark-victims.ts';
import { manyRows, stagedFolders, type UsersProject, usersProject } from '../users-project.ts';

const isRoot = process.getuid?.() === 0;
const own = ['submit', '--backend', 'local', '--workers', '1', '--progress', 'plain'];
const quickly = 15_000;

/** Nobody is there any more who could read what is printed, or it has no room. */
export function closedOutputs(cluster: () => UsersProject): void {
  describe('outputs that are closed or full', () => {
    fault(
      { number: 22, where: 'local', injected: 'the window is closed during a run on a cluster of its own' },
      async ({ watch }) => {
        await using project = await usersProject();
        await project.write('endless.py', 'import time\nprint("working", flush=True)\ntime.sleep(600)\n');
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const running = inTerminal('controlling', [...own, 'endless.py'], project.folder);
          await running.printed('working');
          const exitCode = await endedByClosing(running, project);
          expect(await lastProcesses(project.folder, 0)).toEqual([]);
          return exitCode;
        });
      },
    );

    fault(
      { number: 22, where: 'local', injected: 'a terminal without a signal goes away in 40,000 rows' },
      async ({ watch }) => {
        const project = cluster();
        const before = stagedFolders(project);
        return await watch(project.users, 'old', async () => {
          const { release } = holdCommits(project.users.database);
          const words = ['submit', '--rows', String(manyRows), '--progress', 'tty', 'jobs/etl.py'];
          const running = inTerminal('plain', words, project.folder);
          const begun = () => stagedFolders(project).some((name) => !before.includes(name)) || undefined;
          expect(await waitUntil(begun, { timeoutMs: 240_000 })).toBe(true);
          const exitCode = await endedByClosing(running, project);
          release();
          return exitCode;
        });
      },
    );

    fault(
      { number: 23, where: 'local', injected: 'stdout is a file on a disk of 1 MB, which becomes full' },
      async ({ watch, skip }) => {
        if (!isRoot) skip('only root can mount a small disk');
        await using project = await usersProject();
        const folder = project.path('small');
        mkdirSync(folder);
        await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
        try {
          await project.write('talk.py', 'while True:\n    print("x" * 1000, flush=True)\n');
          const stdout = openSync(project.path('small/out'), 'w') as 3;
          return await watch({ ...project.users, inputs: [] }, 'old', async () => {
            const program = `${repository}/bin/sparkctl.js`;
            const { exitCode, stderr } = await execa(process.execPath, [program, ...own, 'talk.py'], {
              cwd: project.folder,
              env: { NO_COLOR: '1' },
              stdout,
              reject: false,
            });
            closeSync(stdout);
            expect(stderr).toContain(
              'sparkctl: Standard output cannot be written (ENOSPC), so the command was ended.\n  Hint: The disk behind it is full',
            );
            expect(exitCode).toBe(74);
            expect(await lastProcesses(project.folder, 0)).toEqual([]);
            const run = await lastRun(project);
            expect(run).toMatchObject({ state: 'failed', cause: 'io', exitCode: 74 });
            // Nothing is missing of what was written: it is the beginning of what the script printed.
            const kept = readFileSync(project.path('.sparkctl/runs', run.id, 'stdout.log'));
            const { size } = statSync(project.path('small/out'));
            expect(size).toBe(2 ** 20);
            expect(kept.subarray(0, size).equals(readFileSync(project.path('small/out')))).toBe(true);
            return exitCode;
          });
        } finally {
          await execa('umount', [folder]);
        }
      },
    );
  });
}

/** Closes the terminal of a submit, which must end soon and record that it was terminated. */
async function endedByClosing(running: ReturnType<typeof inTerminal>, project: UsersProject) {
  running.close();
  const exitCode = await within(quickly, running.exitCode);
  expect(exitCode).toBe(143);
  expect(await lastRun(project)).toMatchObject({ state: 'killed', cause: 'terminated', exitCode: 143 });
  return exitCode;
}

async function lastRun(project: UsersProject) {
  const { stdout } = await project.run('runs', 'show', '--json');
  return JSON.parse(stdout);
}

async function within<Result>(timeoutMs: number, result: Promise<Result>): Promise<Result | undefined> {
  return await Promise.race([result, waitUntil<Result>(() => undefined, { timeoutMs })]);
}
