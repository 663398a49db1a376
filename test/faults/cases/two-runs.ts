import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const submit = (...words: readonly string[]) => ['submit', '--rows', '2000', '--json', ...words];

/** Two runs at once that would write the same table, or put other data into the same file. */
export function twoRuns(cluster: () => UsersProject): void {
  describe('two runs at once', () => {
    fault(
      { number: 25, where: 'local', injected: 'another run on its target, another one on its input' },
      async ({ watch }) => {
        const project = cluster();
        await otherTarget(project);
        return await watch(project.users, 'new', async () => {
          const first = project.start(...submit('--seed', '25', 'jobs/etl.py'));
          const id = await untilItHolds(project, first);
          const same = await project.run(...submit('--seed', '25', 'jobs/etl.py'));
          expect(same.stderr).toContain(`sparkctl: Run ${id} holds the target data/users.db.\n`);
          const other = await project.run(...submit('--seed', '26', 'jobs/other.py'));
          expect(other.stderr).toContain(
            `sparkctl: Run ${id} works with the data in the input data/users.jsonl`,
          );
          expect([same.exitCode, other.exitCode]).toEqual([75, 75]);
          expect(existsSync(project.path('data/other.db'))).toBe(false);
          const { exitCode, stdout } = await first;
          expect(JSON.parse(stdout)).toMatchObject({ id, state: 'succeeded' });
          return exitCode;
        });
      },
    );

    fault(
      { number: 25, where: 'local', injected: 'another run on both, of other data, with --wait' },
      async ({ watch }) => {
        const project = cluster();
        return await watch(project.users, 'new', async () => {
          const first = project.start(...submit('--seed', '27', 'jobs/etl.py'));
          const id = await untilItHolds(project, first);
          const second = await project.run(...submit('--seed', '28', '--wait', 'jobs/etl.py'));
          expect(second.stderr).toContain(`Waiting for run ${id}, which holds the `);
          expect(second.exitCode, second.stderr).toBe(0);
          const [before, after] = [JSON.parse((await first).stdout), JSON.parse(second.stdout)];
          for (const run of [before, after]) expect(run.state).toBe('succeeded');
          expect(after.phases[0]).toMatchObject({ id: 'wait', outcome: 'done', summary: `for run ${id}` });
          expect(before.accounting.read + after.accounting.read).toBe(4_000);
          return second.exitCode;
        });
      },
    );
  });
}

/** The same job with a database of its own. */
async function otherTarget(project: UsersProject): Promise<void> {
  cpSync(project.path('jobs/etl.py'), project.path('jobs/other.py'));
  const manifest = readFileSync(project.path('jobs/etl.yaml'), 'utf8');
  await project.write('jobs/other.yaml', manifest.replace('data/users.db', 'data/other.db'));
}

/** Waits until a run that has just been started holds what it needs, and returns its id. */
async function untilItHolds(
  project: UsersProject,
  running: ReturnType<UsersProject['start']>,
): Promise<string> {
  const id = await waitUntil(() => holder(project), { timeoutMs: 60_000 });
  if (id !== undefined) return id;
  running.kill();
  throw new Error(`it never held anything: ${(await running).stderr}`);
}

function holder(project: UsersProject): string | undefined {
  const folder = project.path('.sparkctl/locks');
  const [name] = existsSync(folder) ? readdirSync(folder).filter((each) => each.endsWith('.json')) : [];
  return name === undefined ? undefined : JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).run;
}
