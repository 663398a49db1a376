import { existsSync, readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { startedUntilPrinted } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import { holdCommits } from '../hold-database.ts';
import { lastProcesses } from '../spark-victims.ts';
import { manyRows, tenthOfMany, type UsersProject, untilWriting, usersProject } from '../users-project.ts';

/** A submission with a cluster of its own. */
const own = ['submit', '--backend', 'local', '--workers', '1', '--progress', 'plain'];
// It starts no Spark: an application that works is interrupted below, and this one is there at once.
const endless = 'import time\nprint("working", flush=True)\ntime.sleep(600)\n';

/** More than a pipe holds. */
const talkative = 'for number in range(100000):\n    print(number)\n';

/** Signals at every stage of a submit, and a reader that goes away. */
export function interruptions(cluster: () => UsersProject): void {
  describe('interruptions', () => {
    for (const [stage, words] of [
      ['makes the data', ['--rows', '5000000', 'jobs/etl.py']],
      ['starts a cluster', ['--rows', '100', 'jobs/etl.py']],
    ] as const) {
      fault({ number: 18, where: 'local', injected: `Ctrl-C while sparkctl ${stage}` }, async ({ watch }) => {
        await using project = await usersProject();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const running = project.start(...own, ...words);
          if (stage === 'makes the data') await untilThere(project.path('data'));
          else await untilSaid(running, '✓ runtime');
          running.kill('SIGINT');
          const { exitCode, stderr } = await running;
          expect(stderr).toContain('SIGINT: stopping what was started; once more to stop at once.\n');
          expect(exitCode).toBe(130);
          expect(await lastProcesses(project.folder, 0)).toEqual([]);
          expect(clusterFolders(project)).toEqual([]);
          return exitCode;
        });
      });
    }

    fault(
      { number: 18, where: 'local', injected: 'SIGTERM while a script works on a cluster of its own' },
      async ({ watch }) => {
        await using project = await usersProject();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const { running } = await startEndless(project);
          expect((await lastProcesses(project.folder, 0)).length).toBeGreaterThan(3);
          running.kill('SIGTERM');
          const { exitCode, stderr } = await running;
          expect(stderr).toContain('SIGTERM: stopping what was started; once more to stop at once.\n');
          expect(stderr).toContain('cluster down nothing of it is left');
          expect(exitCode).toBe(143);
          expect(await lastProcesses(project.folder, 0)).toEqual([]);
          return exitCode;
        });
      },
    );

    fault(
      { number: 18, where: 'local', injected: 'Ctrl-C twice; the next command ends what is left' },
      async ({ watch }) => {
        await using project = await usersProject();
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const { running } = await startEndless(project);
          running.kill('SIGINT');
          await untilSaid(running, 'SIGINT: stopping');
          running.kill('SIGINT');
          const { exitCode, stderr } = await running;
          expect(stderr).toContain('Stopped at once. The next sparkctl command ends what is left.\n');
          expect(exitCode).toBe(130);
          const list = await project.run('cluster', 'list');
          expect(list.stdout).toBe('No cluster. Start one with: sparkctl cluster up\n');
          expect(await lastProcesses(project.folder)).toEqual([]);
          expect(clusterFolders(project)).toEqual([]);
          const { stdout } = await project.run('runs', 'list', '--json');
          expect(JSON.parse(stdout).runs).toHaveLength(1);
          expect(['killed', 'lost']).toContain(JSON.parse(stdout).runs[0].state);
          return exitCode;
        });
      },
    );

    fault(
      { number: 18, where: 'local[1]', injected: 'the reader of stdout goes away' },
      async ({ watch }) => {
        const project = cluster();
        await project.write('talkative.py', talkative);
        return await watch(project.users, 'old', async () => {
          const running = project.start('submit', '--master', 'local[1]', 'talkative.py');
          running.stdout.destroy();
          const { exitCode, stderr } = await running;
          expect(exitCode, stderr).toBe(0);
          const { stdout } = await project.run('runs', 'logs');
          expect(stdout.split('\n').at(-2)).toBe('99999');
          return exitCode;
        });
      },
    );

    fault(
      { number: 18, where: 'local', injected: 'Ctrl-C while 40,000 rows are written' },
      async ({ watch }) => {
        const project = cluster();
        return await watch(project.users, 'old', async () => {
          const { release } = holdCommits(project.users.database);
          const running = project.start('submit', '--rows', String(manyRows), '--json', 'jobs/etl.py');
          await untilWriting(project, running, tenthOfMany);
          running.kill('SIGINT');
          const { exitCode, stdout } = await running;
          release();
          expect(JSON.parse(stdout)).toMatchObject({ state: 'killed', cause: 'interrupted', exitCode: 130 });
          return exitCode;
        });
      },
    );
  });
}

/** A script that works on a cluster of its own until it is stopped. A subprocess is a promise of its end, so it comes in an object. */
async function startEndless(project: UsersProject) {
  await project.write('endless.py', endless);
  return await startedUntilPrinted([...own, 'endless.py'], { cwd: project.folder }, 'working');
}

async function untilSaid(running: ReturnType<UsersProject['start']>, text: string): Promise<void> {
  let said = '';
  running.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const seen = await waitUntil(() => (said.includes(text) ? true : undefined), {
    timeoutMs: 60_000,
  });
  if (seen === undefined) throw new Error(`"${text}" was never said, but: ${said}`);
}

async function untilThere(path: string): Promise<void> {
  const there = await waitUntil(() => (existsSync(path) ? true : undefined), {
    timeoutMs: 60_000,
    intervalMs: 10,
  });
  if (there === undefined) throw new Error(`there is no ${path}`);
}

/** Lists what is left of the clusters that were made for a run. */
function clusterFolders(project: UsersProject): readonly string[] {
  const folder = project.path('.sparkctl/clusters');
  return existsSync(folder) ? readdirSync(folder) : [];
}
