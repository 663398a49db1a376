import { chmod, cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { expectDiagnosed } from '../../operations/diagnosis-contract.ts';
import { expectSecretsKept } from '../../operations/secrets-contract.ts';
import { executorsSoon, oneExecutorSoon } from '../../support/soon.ts';
import { repository, sparkctl } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';
import { describeDocker, leftovers } from './docker-tests.ts';

let project: TemporaryProject;

const run = (...words: readonly string[]) => sparkctl(words, { cwd: project.folder });

/** The whole table as one text, in the order of its key. */
function tableText(folder: string): string {
  const connection = new Sqlite(join(folder, 'data/users.db'), { readonly: true });
  try {
    return JSON.stringify(connection.prepare('SELECT * FROM users ORDER BY id').raw().all());
  } finally {
    connection.close();
  }
}

describeDocker('a job on a Docker cluster', () => {
  beforeAll(async () => {
    project = temporaryProject();
    await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    await project.write('package.json', '{}');
    const up = await run('cluster', 'up', '--no-standby', '--backend', 'docker', '--workers', '2');
    expect(up.exitCode, up.stderr).toBe(0);
  });

  afterAll(async () => {
    await run('cluster', 'down', '--all');
    expect(await leftovers(project.folder)).toEqual([]);
    await project[Symbol.asyncDispose]();
  });

  it.each(['zero', 'module', 'full', 'closure'] as const)(
    'tells what a failure on executors in containers means: %s',
    async (name) => {
      await expectDiagnosed(project, name, oneExecutorSoon);
    },
  );

  it('keeps secrets to the driver alone', async () => {
    await expectSecretsKept(project, oneExecutorSoon);
  });

  it('ends in the same verified table as on this machine alone, and is listed as completed', async () => {
    const key = await project.write('data/private.key', 'x');
    await chmod(key, 0o600);
    const before = await stat(key);
    const docker = await run('submit', ...executorsSoon, '--rows', '5000', '--json', 'jobs/etl.py');
    expect(docker.exitCode, docker.stderr).toBe(0);
    // None of the job's business.
    const { mode, uid, gid } = await stat(key);
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect((await stat(project.path('data/users.jsonl'))).mode & 0o020).toBe(0);
    const record = JSON.parse(docker.stdout);
    expect(record).toMatchObject({ state: 'succeeded', cluster: { backend: 'docker', ephemeral: false } });
    const [application] = record.applicationIds;
    const history = new URL(record.links.history);
    expect(history.pathname).toBe(`/history/${application}/jobs/`);
    const completed = await waitUntil(
      async () => {
        const response = await fetch(new URL(`/api/v1/applications/${application}`, history));
        if (!response.ok) return undefined;
        const { attempts } = (await response.json()) as { attempts: readonly { completed: boolean }[] };
        return attempts.every(({ completed: over }) => over) ? true : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(completed).toBe(true);

    await using other = temporaryProject();
    await cp(join(repository, 'jobs'), other.path('jobs'), { recursive: true });
    await other.write('package.json', '{}');
    const words = ['submit', '--master', 'local[2]', '--rows', '5000', '--json', 'jobs/etl.py'];
    const local = await sparkctl(words, { cwd: other.folder });
    expect(local.exitCode, local.stderr).toBe(0);
    expect(JSON.parse(local.stdout).accounting).toEqual(record.accounting);
    expect(tableText(project.folder)).toBe(tableText(other.folder));
  });
});
