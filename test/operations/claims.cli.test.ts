import { symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { versionOf } from '../../src/job/datasets/generate-dataset.ts';
import { findRun } from '../../src/run/record/run-store.ts';
import { type Claim, Claims } from '../../src/system/locks/claims.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { sparkctl, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

/** A machine without a Python, and without a runtime of an earlier run: what is not refused before ends with 69 and starts no Spark. */
const noPython = { PATH: '/nowhere', SPARKCTL_PYTHON: undefined, SPARKCTL_CACHE: '/nowhere/cache' };

const manifest = (input: string, database: string, dataset: boolean) => `
${dataset ? 'dataset: { name: users, seed: 1, rows: 10 }' : ''}
input: { path: ${input}, format: jsonl }
database:
  path: ${database}
  table:
    name: users
    primaryKey: [id]
    columns: [{ name: id, type: integer }]
arguments: []
checks: []
`;

/** A project whose input and database have a second name each. */
async function projectWithLinks(): Promise<TemporaryProject> {
  const project = temporaryProject();
  await project.write('package.json', '{}');
  await mkdir(project.path('data'));
  symlinkSync('data', project.path('linked'));
  // Where it leads, nothing is yet.
  symlinkSync('users.db', project.path('data', 'other-name.db'));
  await project.write('job.py', 'print("never")\n');
  await project.write('job.yaml', manifest('data/users.jsonl', 'data/users.db', true));
  await project.write('linked.py', 'print("never")\n');
  await project.write('linked.yaml', manifest('linked/users.jsonl', 'data/other-name.db', true));
  return project;
}

const target = (project: TemporaryProject): Claim => ({
  kind: 'target',
  name: project.path('data/users.db'),
});
const input = (project: TemporaryProject, sharedAs: string): Claim => ({
  kind: 'input',
  name: project.path('data/users.jsonl'),
  sharedAs,
});

/** Another run of the project, which is this process. */
async function anotherRun(project: TemporaryProject, ...wanted: readonly Claim[]): Promise<Claims> {
  const claims = new Claims({
    project: project.folder,
    run: 'another-run',
    reclaim: async () => {},
    onStopWanted: () => {},
  });
  expect(await claims.tryToAdd(wanted)).toEqual([]);
  return claims;
}

describe('what another run holds', { timeout: 60_000 }, () => {
  for (const job of ['job.py', 'linked.py'])
    it(`is refused with 75 and its name: the target of ${job}`, async () => {
      await using project = await projectWithLinks();
      await using _other = await anotherRun(project, target(project));
      const { exitCode, stderr } = await sparkctl(['submit', '--backend', 'local', job], {
        cwd: project.folder,
        env: noPython,
      });
      expect(stderr).toContain('Run another-run holds the target data/users.db.\n');
      expect(stderr).toContain('Submit again with --wait to begin as soon as it is over.');
      expect(stderr).toContain('sparkctl runs show another-run');
      expect(exitCode).toBe(75);
      expect(await findRun(project.folder, undefined)).toMatchObject({
        state: 'failed',
        cause: 'temporary',
        exitCode: 75,
      });
    });

  for (const job of ['job.py', 'linked.py'])
    it(`is refused with 75 and its name: the input of ${job}, made from another seed`, async () => {
      await using project = await projectWithLinks();
      const held = versionOf({ dataset: 'users', seed: 1, rows: 10 });
      await using _other = await anotherRun(project, input(project, held));
      const submit = (...words: readonly string[]) =>
        sparkctl(['submit', '--backend', 'local', ...words, job], { cwd: project.folder, env: noPython });
      const other = await submit('--seed', '2');
      expect(other.stderr).toContain(
        'Run another-run works with the data in the input data/users.jsonl, and this run would put other data there.\n',
      );
      expect(other.exitCode).toBe(75);
      // The same data is for both.
      const same = await submit('--seed', '1');
      expect([same.exitCode, same.stderr.includes('another-run')]).toEqual([69, false]);
    });

  it('is waited for with --wait, by name', async () => {
    await using project = await projectWithLinks();
    await using other = await anotherRun(project, target(project));
    const running = startSparkctl(
      ['submit', '--backend', 'local', '--wait', '--progress', 'plain', 'job.py'],
      {
        cwd: project.folder,
        env: noPython,
      },
    );
    let said = '';
    running.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const note = 'Waiting for run another-run, which holds the target data/users.db\n';
    await waitUntil(() => (said.includes(note) ? true : undefined), { timeoutMs: 20_000 });
    expect(said).toContain(note);
    expect(running.exitCode).toBe(null);
    await other[Symbol.asyncDispose]();
    const { exitCode, stderr } = await running;
    expect(stderr).toContain('✓ wait         for run another-run (');
    expect(exitCode, stderr).toBe(69);
  });

  it('is not waited for beyond --timeout, nor after Ctrl-C', async () => {
    await using project = await projectWithLinks();
    await using _other = await anotherRun(project, target(project));
    const timed = await sparkctl(['submit', '--backend', 'local', '--wait', '--timeout', '300ms', 'job.py'], {
      cwd: project.folder,
      env: noPython,
    });
    expect(timed.exitCode, timed.stderr).toBe(124);
    const running = startSparkctl(
      ['submit', '--backend', 'local', '--wait', '--progress', 'plain', 'job.py'],
      {
        cwd: project.folder,
        env: noPython,
      },
    );
    await new Promise((resolve) => running.stderr.once('data', resolve));
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
  });

  it('is only read by a job without a dataset, so that others may read it too', async () => {
    await using project = await projectWithLinks();
    await project.write('reader.py', 'print("never")\n');
    await project.write('reader.yaml', manifest('"data/*.jsonl"', 'data/reader.db', false));
    await project.write('data/users.jsonl', '{"id":1}\n');
    const submit = () =>
      sparkctl(['submit', '--backend', 'local', 'reader.py'], { cwd: project.folder, env: noPython });
    {
      await using _other = await anotherRun(project, input(project, 'as it is'));
      expect((await submit()).exitCode).toBe(69);
    }
    await using _other = await anotherRun(
      project,
      input(project, versionOf({ dataset: 'users', seed: 1, rows: 10 })),
    );
    const { exitCode, stderr } = await submit();
    expect(stderr).toContain(
      'Run another-run generates the input data/users.jsonl, which this run is to read.\n',
    );
    expect(exitCode).toBe(75);
  });
});
