import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { clusterClaim } from '../../src/cluster/lock-cluster.ts';
import type { OperationContext } from '../../src/cluster/operation-context.ts';
import { check } from '../../src/operations/check.ts';
import { compareData } from '../../src/operations/compare-data.ts';
import { planSubmission, requestOf, submit, submitPlanned } from '../../src/operations/submit.ts';
import { readPlan } from '../../src/run/plan/stored-plan.ts';
import { createRunFolder, runFolder } from '../../src/run/record/run-store.ts';
import { SparkctlError } from '../../src/system/errors/sparkctl-error.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { holdersOf } from '../../src/system/locks/claims.ts';
import { endlessDriver, FakeBackend } from '../support/fake-backend.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

const manifest = `
input: { path: people.jsonl }
database:
  path: data/people.db
  table: { name: people, primaryKey: [id], columns: [{ name: id, type: integer }] }
arguments: ['\${input}', '\${run}']
checks: [{ kind: schema }, { kind: query, name: few, sql: SELECT id FROM people WHERE id > 1 }]
`;

interface Stage extends AsyncDisposable {
  readonly project: TemporaryProject;
  readonly context: OperationContext;
  readonly events: SparkctlEvent[];
}

/** A project with a job, and a context whose only backends are these. */
async function stage(...backends: readonly FakeBackend[]): Promise<Stage> {
  const project = temporaryProject();
  await project.write('job.py', 'print(1)\n');
  const events: SparkctlEvent[] = [];
  const context = testContext(project.folder, {
    backends: Object.fromEntries(backends.map((backend) => [backend.kind, backend])),
    emit: (event) => events.push(event),
  });
  return { project, context, events, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
}

async function writeJob(project: TemporaryProject): Promise<void> {
  await project.write('job.yaml', manifest);
  await project.write('people.jsonl', '{"id":1}\n');
}

/** Plays a job that loads these ids. */
function loading(project: () => string, ...ids: readonly number[]) {
  return async () => {
    const database = new Sqlite(join(project(), 'data/people.db'));
    for (const id of ids) database.prepare('INSERT INTO people VALUES (?)').run(id);
    database.close();
    return { exitCode: 0 };
  };
}

/** A project whose job loads these ids, each time that it is submitted. */
async function loadingStage(
  ids: () => readonly number[],
): Promise<Stage & { readonly backend: FakeBackend }> {
  let folder = '';
  const backend = new FakeBackend({ drive: () => loading(() => folder, ...ids())() });
  const on = await stage(backend);
  folder = on.project.folder;
  await writeJob(on.project);
  return { ...on, backend };
}

describe('submit', () => {
  it('makes a cluster for the run, and takes it down after it', async () => {
    const backend = new FakeBackend();
    await using on = await stage(backend);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({
      state: 'succeeded',
      exitCode: 0,
      cluster: {
        name: run.id,
        backend: 'local',
        ephemeral: true,
        workers: 2,
        reason: 'Java and Python are here',
      },
    });
    expect(backend.calls).toEqual([`up ${run.id}`, `drive ${run.id}`, `down ${run.id}`]);
    expect(on.events[0]).toEqual({
      kind: 'run-created',
      run: run.id,
      folder: runFolder(run.project, run.id),
    });
    expect(run.phases.map(({ id }) => id)).toEqual(['cluster', 'submit', 'cluster-down']);
  });

  it('leaves a cluster that is to be kept, and uses it the next time', async () => {
    const backend = new FakeBackend();
    await using on = await stage(backend);
    await submit({ application: 'job.py', keep: true, cluster: { workers: 3 } }, on.context);
    const second = await submit({ application: 'job.py' }, on.context);
    expect(second.cluster).toMatchObject({
      name: 'default',
      ephemeral: false,
      workers: 3,
      reason: 'it is running',
    });
    expect(backend.calls).toEqual(['up default', 'drive default', 'drive default']);
  });

  it('takes the next backend where the preferred one has an obstacle, and says why', async () => {
    const obstacle = new SparkctlError({ code: 'no-java', category: 'runtime', message: 'No Java.' });
    const docker = new FakeBackend({ kind: 'docker' });
    await using on = await stage(new FakeBackend({ obstacle }), docker);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run.cluster).toMatchObject({ backend: 'docker', reason: 'no Java for a local cluster' });
    expect(docker.calls[0]).toBe(`up ${run.id}`);
  });

  it('ends with the obstacle of the preferred backend where none can make a cluster', async () => {
    const obstacle = (code: string) => new SparkctlError({ code, category: 'runtime', message: code });
    const backends = [
      new FakeBackend({ obstacle: obstacle('no-java') }),
      new FakeBackend({ kind: 'docker', obstacle: obstacle('docker-unreachable') }),
    ];
    await using on = await stage(...backends);
    expect(await submit({ application: 'job.py' }, on.context)).toMatchObject({
      state: 'failed',
      exitCode: 69,
      message: 'no-java',
    });
  });

  it('goes to the master that was named, and makes no cluster', async () => {
    const external = new FakeBackend({ kind: 'external' });
    const local = new FakeBackend();
    await using on = await stage(local, external);
    const sparkOptions = [{ name: '--master', value: 'local[1]' } as const];
    const run = await submit({ application: 'job.py', sparkOptions }, on.context);
    expect(run.cluster).toMatchObject({ name: 'local[1]', backend: 'external', reason: '--master local[1]' });
    expect([local.calls, external.calls]).toEqual([[], ['drive local[1]']]);
  });

  it("passes the script's exit code on, and takes the cluster down", async () => {
    const backend = new FakeBackend({ drive: async () => ({ exitCode: 7 }) });
    await using on = await stage(backend);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({ state: 'failed', cause: 'application', exitCode: 7 });
    expect(backend.calls.at(-1)).toBe(`down ${run.id}`);
  });

  it('removes what a start that failed has left', async () => {
    const failUp = new SparkctlError({ code: 'node-not-ready', category: 'cluster', message: 'No.' });
    const backend = new FakeBackend({ failUp });
    await using on = await stage(backend);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({ state: 'failed', cause: 'cluster', exitCode: 69, message: 'No.' });
    expect(backend.calls).toEqual([`up ${run.id}`, `down ${run.id}`]);
  });

  it('stops the driver at the timeout', async () => {
    const backend = new FakeBackend({ drive: endlessDriver });
    await using on = await stage(backend);
    const run = await submit({ application: 'job.py', timeoutMs: 1_500 }, on.context);
    expect(run).toMatchObject({ state: 'timed-out', cause: 'timeout', exitCode: 124 });
    expect(backend.calls).toEqual([`up ${run.id}`, `drive ${run.id}`, `stop ${run.id}`, `down ${run.id}`]);
  });

  it('stops the driver when its signal aborts', async () => {
    const controller = new AbortController();
    const reason = new SparkctlError({ code: 'interrupted', category: 'interrupted', message: 'Ctrl-C.' });
    const backend = new FakeBackend({
      drive: async (launch, signal) => {
        controller.abort(reason);
        return await endlessDriver(launch, signal);
      },
    });
    await using on = await stage(backend);
    const run = await submit({ application: 'job.py' }, { ...on.context, signal: controller.signal });
    expect(run).toMatchObject({ state: 'killed', exitCode: 130 });
    expect(backend.calls.slice(-2)).toEqual([`stop ${run.id}`, `down ${run.id}`]);
  });

  it('prepares the target, checks the result, and records both', async () => {
    await using on = await loadingStage(() => [1]);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({ state: 'succeeded', database: { table: 'people', rows: 1 } });
    expect(run.checks.map(({ kind, status }) => [kind, status])).toEqual([
      ['schema', 'held'],
      ['query', 'held'],
    ]);
    expect(run.phases.map(({ id }) => id)).toEqual([
      'database',
      'cluster',
      'submit',
      'checks',
      'cluster-down',
    ]);
    const [launch] = on.backend.launches;
    expect(launch?.sparkSubmitArguments.slice(-2)).toEqual([on.project.path('people.jsonl'), run.id]);
    expect(launch?.files.writes[0]).toBe(on.project.path('data/people.db'));
  });

  it('ends with 65 where a check failed, and with --skip-checks does not ask', async () => {
    await using on = await loadingStage(() => [2]);
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({ state: 'checks-failed', cause: 'checks', exitCode: 65 });
    expect(run.checks[1]).toMatchObject({
      status: 'failed',
      faulty: { rows: 1, file: 'failing-rows-2-query.jsonl' },
    });
    const rows = join(runFolder(run.project, run.id), 'failing-rows-2-query.jsonl');
    expect(readFileSync(rows, 'utf8')).toBe('{"id":2}\n');
    await on.project.write('job.yaml', manifest.replace('people.db', 'other.db'));
    const other = new FakeBackend();
    const skipped = await submit(
      { application: 'job.py', skipChecks: true },
      { ...on.context, backends: { local: other } },
    );
    expect(skipped).toMatchObject({ state: 'succeeded', checks: [] });
    expect(skipped.phases.find(({ id }) => id === 'checks')).toMatchObject({ outcome: 'skipped' });
  });

  it('succeeds where a check only warns, and records that it has', async () => {
    await using on = await loadingStage(() => [2]);
    await on.project.write('job.yaml', manifest.replace('name: few', 'name: few, severity: warn'));
    const run = await submit({ application: 'job.py' }, on.context);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0 });
    expect(run.checks.map(({ status }) => status)).toEqual(['held', 'warned']);
    expect(run.phases.find(({ id }) => id === 'checks')).toMatchObject({ summary: '1 of 2 held, 1 warned' });
  });

  it('compares the rows of the table with those of the last run that succeeded', {
    timeout: 60_000,
  }, async () => {
    let id = 0;
    await using on = await loadingStage(() => [++id]);
    const counted = (change: number) =>
      manifest.replace(/checks: .*/, `checks: [{ kind: row_count, change: ${change} }]`);
    await on.project.write('job.yaml', counted(0));
    const submitJob = async () => await submit({ application: 'job.py' }, on.context);
    const first = await submitJob();
    expect(first).toMatchObject({ state: 'succeeded', checks: [{ status: 'skipped' }] });
    // The runs that failed are not compared with.
    for (const rows of [2, 3])
      expect(await submitJob()).toMatchObject({
        state: 'checks-failed',
        checks: [{ found: `${rows} rows, ${rows - 1} more than after run ${first.id}` }],
      });
    await on.project.write('job.yaml', counted(3));
    expect(await submitJob()).toMatchObject({ state: 'succeeded', database: { rows: 4 } });
    // As the run that made it was checked, so is its result later.
    expect(await check({ application: 'job.py' }, on.context)).toMatchObject({
      state: 'succeeded',
      checks: [{ found: `4 rows, 3 more than after run ${first.id}` }],
    });
  });

  it('keeps the tables of as many runs as the manifest says, so that their rows can be compared', {
    timeout: 60_000,
  }, async () => {
    let id = 0;
    await using on = await loadingStage(() => [++id]);
    await on.project.write('job.yaml', `${manifest.replace(/checks: .*/, '')}keep: 2\n`);
    const ids: string[] = [];
    for (let runs = 0; runs < 3; runs++) ids.push((await submit({ application: 'job.py' }, on.context)).id);
    const [first = '', second = '', third = ''] = ids;
    expect(await compareData(on.project.folder, second, third)).toMatchObject({
      rows: { a: 2, b: 3 },
      added: { rows: 1, samples: [{ key: [3] }] },
      removed: { rows: 0 },
    });
    await expect(compareData(on.project.folder, first, third)).rejects.toThrow(
      `Run ${first} has kept no table.`,
    );
  });

  it('keeps its plan in the run folder, without secrets', async () => {
    await using on = await stage(new FakeBackend());
    const sparkOptions = [{ name: '--conf', value: 'spark.my.password=tell-nobody' } as const];
    const applicationArguments = ['--token', 'quite-secret'];
    const run = await submit({ application: 'job.py', sparkOptions, applicationArguments }, on.context);
    const text = readFileSync(join(runFolder(run.project, run.id), 'plan.json'), 'utf8');
    expect(text).not.toMatch(/tell-nobody|quite-secret/);
    expect(JSON.parse(text)).toMatchObject({
      schemaVersion: 1,
      id: run.id,
      place: { kind: 'new', backend: 'local', name: run.id, cluster: { workers: 2, ephemeral: true } },
      redactsSpark: true,
      submission: { application: on.project.path('job.py') },
    });
  });

  it('keeps no secret of an address of the application, of its job either', async () => {
    await using on = await stage(new FakeBackend());
    const application = 'https://me:tell-nobody@example.test/job.py';
    const run = await submit({ application }, on.context);
    const text = readFileSync(join(runFolder(run.project, run.id), 'plan.json'), 'utf8');
    expect(text).toContain('@example.test/job.py');
    expect(text).not.toContain('tell-nobody');
    await expect(submitPlanned(run.id, on.context)).rejects.toMatchObject({
      code: 'no-plan',
      message: expect.stringContaining('its secrets are not in it'),
    });
  });

  it('blanks the secrets of files and environment where a plan is executed', async () => {
    const words = 'not with tell-file and tell-environment';
    const failUp = new SparkctlError({ code: 'no', category: 'cluster', message: words });
    const backend = new FakeBackend({ failUp });
    await using on = await stage(backend);
    await on.project.write('spark-defaults.conf', 'spark.my.password tell-file\n');
    const context = {
      ...on.context,
      environment: { ...on.context.environment, MY_TOKEN: 'tell-environment' },
    };
    const { plan } = await planSubmission({ application: 'job.py' }, context);
    await createRunFolder(on.project.folder, plan.id);
    writeFileSync(join(runFolder(on.project.folder, plan.id), 'plan.json'), JSON.stringify(plan));
    const { message } = await submitPlanned(plan.id, context);
    expect(message).toMatch(/^not with \*+\(redacted\) and \*+\(redacted\)$/);
  });

  it('has everything that the job makes in the data folder, and takes what is there from the project', async () => {
    await using on = await stage(new FakeBackend());
    await writeJob(on.project);
    await on.project.write('tests/one/.keep', '');
    const request = { application: 'job.py', dataFolder: 'tests/one' };
    const { plan } = await planSubmission(request, on.context);
    const { target, input } = plan.job.manifest ?? {};
    expect([target?.path, input?.path]).toEqual([
      on.project.path('tests/one/data/people.db'),
      on.project.path('people.jsonl'),
    ]);
    await on.project.write('job.yaml', `${manifest}\ndataset: { name: users, rows: 1, seed: 1 }`);
    const generated = await planSubmission(request, on.context);
    expect(generated.plan.submission.applicationArguments[0]).toBe(on.project.path('tests/one/people.jsonl'));
  });

  it.each([
    ['that is not there', 'none'],
    ['outside the project', '..'],
  ])('refuses a data folder %s', async (_, dataFolder) => {
    await using on = await stage(new FakeBackend());
    await writeJob(on.project);
    await expect(planSubmission({ application: 'job.py', dataFolder }, on.context)).rejects.toMatchObject({
      code: 'bad-data-folder',
      exitCode: 64,
    });
  });

  it('can be made once more from the words that its plan keeps', async () => {
    await using on = await stage(new FakeBackend());
    await on.project.write('in/job.py', '');
    const request = {
      application: 'job.py',
      applicationArguments: ['a', '--password', 'tell-nobody'],
      sparkOptions: [{ name: '--conf', value: 'spark.executor.memory=600m' }],
      workingFolder: on.project.path('in'),
      cluster: { workers: 3 },
      strict: true,
    } as const;
    const { id } = await submit({ ...request, applicationArguments: ['a'], detached: true }, on.context);
    const again = await requestOf(id.slice(0, -2), on.context);
    expect(again).toEqual({ ...request, applicationArguments: ['a'] });
    const second = await submit(again, on.context);
    expect(second).toMatchObject({ state: 'succeeded', job: { arguments: ['a'] } });
    expect(second.id).not.toBe(id);
    const secret = await submit(request, on.context);
    await expect(requestOf(secret.id, on.context)).rejects.toMatchObject({
      code: 'no-plan',
      message: expect.stringMatching(/its secrets are not in it\.$/),
    });
  });

  it('can not be made once more from a plan that has no words', async () => {
    await using on = await stage(new FakeBackend());
    const { id } = await submit({ application: 'job.py' }, on.context);
    const path = join(runFolder(on.project.folder, id), 'plan.json');
    const { request, ...plan } = JSON.parse(readFileSync(path, 'utf8'));
    expect(request).toMatchObject({ application: 'job.py' });
    writeFileSync(path, JSON.stringify(plan));
    await expect(requestOf(id, on.context)).rejects.toMatchObject({ code: 'no-plan', exitCode: 66 });
  });

  it('can be executed from the plan alone', async () => {
    let folder = '';
    const held: string[] = [];
    const load = loading(() => folder, 1);
    const backend = new FakeBackend({
      drive: async ({ runId }) => {
        const holders = await holdersOf(folder, clusterClaim(runId));
        held.push(...holders.map(({ run }) => run));
        return await load();
      },
    });
    await using on = await stage(backend);
    folder = on.project.folder;
    await writeJob(on.project);
    const { plan } = await planSubmission({ application: 'job.py', strict: true }, on.context);
    await createRunFolder(folder, plan.id);
    writeFileSync(join(runFolder(folder, plan.id), 'plan.json'), JSON.stringify(plan));
    expect(await readPlan(folder, plan.id)).toEqual(plan);
    const run = await submitPlanned(plan.id, on.context);
    expect(run).toMatchObject({ id: plan.id, state: 'succeeded' });
    expect(held).toEqual([plan.id]);
    expect(run.checks.map(({ status }) => status)).toEqual(['held', 'held']);
    expect(backend.calls).toEqual([`up ${run.id}`, `drive ${run.id}`, `down ${run.id}`]);
  });

  it.each([
    ['that is missing', () => undefined],
    ['that is no JSON', () => '{'],
    ['of another run', (plan: object) => JSON.stringify({ ...plan, id: 'job-20260131-120000-abcdef' })],
    [
      'whose cluster is a path',
      (plan: object) =>
        JSON.stringify({ ...plan, place: { kind: 'running', backend: 'local', name: '../..' } }),
    ],
    ['whose application is none', (plan: object) => JSON.stringify({ ...plan, job: { name: 'x' } })],
  ])('refuses a plan %s', async (_, textOf) => {
    const backend = new FakeBackend();
    await using on = await stage(backend);
    const { plan } = await planSubmission({ application: 'job.py' }, on.context);
    await createRunFolder(on.project.folder, plan.id);
    const text = textOf(plan);
    if (text !== undefined) writeFileSync(join(runFolder(on.project.folder, plan.id), 'plan.json'), text);
    await expect(submitPlanned(plan.id, on.context)).rejects.toMatchObject({ code: 'no-plan', exitCode: 66 });
    expect(backend.calls).toEqual([]);
  });

  it.each([
    ['a script that is missing', { application: 'none.py' }, 'script-missing'],
    ['rows without a dataset', { application: 'job.py', rows: 5 }, 'no-dataset'],
  ])('throws before there is a run: %s', async (_, request, code) => {
    const backend = new FakeBackend();
    await using on = await stage(backend);
    await expect(submit(request, on.context)).rejects.toMatchObject({ code });
    expect([backend.calls, on.events]).toEqual([[], []]);
  });
});

describe('planSubmission', () => {
  it('starts and writes nothing, and has the command of a new cluster', async () => {
    const backend = new FakeBackend();
    await using on = await stage(backend);
    await writeJob(on.project);
    const { plan, command, target } = await planSubmission({ application: 'job.py' }, on.context);
    expect(plan.place).toMatchObject({ kind: 'new', reason: 'Java and Python are here' });
    expect(target).toBe(on.project.path('data/people.db'));
    expect(command.slice(0, 3)).toEqual(['spark-submit', '--master', `spark://${plan.id}:7077`]);
    expect(backend.calls).toEqual([]);
  });

  it('blanks the secrets of the cluster in the command', async () => {
    await using on = await stage(new FakeBackend());
    const applicationArguments = ['fake-secret'];
    const { command } = await planSubmission({ application: 'job.py', applicationArguments }, on.context);
    expect(command.at(-1)).toBe('*********(redacted)');
  });
});
