import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findMarked } from '../../../src/system/processes/process-mark.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { fault } from '../fault.ts';
import { lastProcesses } from '../spark-victims.ts';
import { type UsersProject, usersProject } from '../users-project.ts';

/** A check whose one query never ends; the table is there by then. */
const endless = `
  - kind: query
    name: endless
    sql: WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
`;
const words = ['submit', '--master', 'local[1]', '--rows', '2000', '--json', '--progress', 'plain'];

/** A run that is ended while SQLite works on a check. */
export function stoppedChecks(): void {
  describe('checks that never end', () => {
    let project: UsersProject;
    let reachedAfterMs = 60_000;

    beforeAll(async () => {
      project = await projectWithEndlessCheck();
    });

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    });

    fault(
      { number: 28, where: 'local[1]', injected: 'Ctrl-C in a query that never ends' },
      async ({ watch }) =>
        await watch(project.users, 'new', async () => {
          const began = performance.now();
          const running = project.start(...words, 'jobs/etl.yaml');
          await untilChecking(project);
          reachedAfterMs = performance.now() - began;
          running.kill('SIGINT');
          const ended = await Promise.race([running, waitUntil(() => undefined, { timeoutMs: 5_000 })]);
          expect(ended).toMatchObject({ exitCode: 130 });
          const { exitCode, stdout } = await running;
          expect(JSON.parse(stdout)).toMatchObject({ state: 'killed', cause: 'interrupted', exitCode: 130 });
          expect(await lastProcesses(project.folder, 0)).toEqual([]);
          return exitCode;
        }),
    );

    fault(
      { number: 28, where: 'local[1]', injected: '--timeout in a query that never ends' },
      async ({ watch }) =>
        await watch(project.users, 'old', async () => {
          // The rows are committed already, so the check is reached without Spark: in a fraction of the time of the first run.
          const seconds = Math.ceil(reachedAfterMs / 1_000) + 5;
          const { exitCode, stdout } = await project.run(
            ...words,
            '--timeout',
            `${seconds}s`,
            'jobs/etl.yaml',
          );
          const run = JSON.parse(stdout);
          expect(run).toMatchObject({ state: 'timed-out', cause: 'timeout', exitCode: 124 });
          expect(run.phases.at(-1)).toMatchObject({ id: 'checks', outcome: 'failed' });
          expect(run.durationMs).toBeLessThan(seconds * 1_000 + 5_000);
          expect(await findMarked(run.id)).toEqual([]);
          return exitCode;
        }),
    );
  });
}

async function projectWithEndlessCheck(): Promise<UsersProject> {
  const project = await usersProject();
  const manifest = await readFile(project.path('jobs/etl.yaml'), 'utf8');
  const withRunId = manifest.replace('"${run}"', 'the-same');
  await project.write('jobs/etl.yaml', `${withRunId.trimEnd()}${endless}`);
  return project;
}

async function untilChecking(project: UsersProject): Promise<void> {
  const checking = await waitUntil(
    async () => {
      const [id] = runsOf(project);
      if (id === undefined) return undefined;
      const record = await readFile(project.path('.sparkctl/runs', id, 'run.json'), 'utf8').catch(() => '');
      return record.includes('"state": "checking"') && (await findMarked(id)).length > 0 ? true : undefined;
    },
    { timeoutMs: 240_000 },
  );
  expect(checking).toBe(true);
}

function runsOf(project: UsersProject): readonly string[] {
  try {
    return readdirSync(project.path('.sparkctl/runs'));
  } catch {
    return [];
  }
}
