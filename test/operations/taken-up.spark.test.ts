import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { findMarked } from '../../src/system/processes/process-mark.ts';
import { projectWithCluster } from '../support/running-cluster.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { untilStandbyReady } from '../support/standby.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { expectCheckedEnd, expectExitCode, leave, writeWaiting } from './taken-up-contract.ts';

describe('a detached run on a local cluster whose sparkctl was killed', () => {
  let project: TemporaryProject;
  beforeAll(async () => {
    project = await projectWithCluster(1, ['--worker-cores', '2', '--standby-idle', '1h']);
    await writeWaiting(project);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it('is taken up with a driver of its own, checks its result, and leaves the next standby', async () => {
    const ended = await expectCheckedEnd(project, ['--conf', 'spark.executor.cores=1']);
    expect(ended.driver?.start).toBe('cold');
    expect(await findMarked(ended.id)).toEqual([]);
    await untilStandbyReady(project.folder);
  });

  it('is taken up with a standby driver', async () => {
    await untilStandbyReady(project.folder);
    const ended = await expectExitCode(project, ['--conf', 'spark.executor.cores=1']);
    expect(ended.driver?.start).toBe('warm');
  });
});

describe('a detached run without a cluster whose sparkctl was killed', () => {
  let project: TemporaryProject;
  const local = ['--master', 'local[1]'];
  const run = (...words: readonly string[]) => sparkctl(['runs', ...words], { cwd: project.folder });
  beforeAll(async () => {
    project = temporaryProject();
    await project.write('package.json', '{}');
    await writeWaiting(project);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  it('ends with the exit code of its script, although nobody was there', async () => {
    await expectExitCode(project, local);
    expect(processesMentioning(project.folder)).toEqual([]);
  });

  it('is shown as going on, and taken up by being looked at, again and again', async () => {
    const { id, before, record } = await leave(project, [...local, 'waiting.py', '7']);
    expect((await run('list')).stdout).toMatch(new RegExp(`${id} +running`));
    const { owner } = record();
    expect(owner.pid).not.toBe(before.owner.pid);
    process.kill(owner.pid, 'SIGKILL');
    expect(JSON.parse((await run('show', id, '--json')).stdout).state).toBe('running');
    expect(record().owner.pid).not.toBe(owner.pid);
    await project.write('go', '');
    expect((await run('wait', id)).exitCode).toBe(7);
  });

  it('is checked although its driver had ended, and was known to have ended, before', async () => {
    const ended = await expectCheckedEnd(project, local);
    const { finishedAt, durationMs, accounting, exitCode, ...rest } = ended;
    const phases = ended.phases.filter((phase) => phase.id !== 'checks');
    const checking = { ...rest, state: 'checking', checks: [], phases };
    await project.write(`.sparkctl/runs/${ended.id}/run.json`, JSON.stringify(checking));
    expect((await run('wait', ended.id)).exitCode).toBe(0);
    const again: RunRecord = JSON.parse((await run('show', ended.id, '--json')).stdout);
    expect(again).toMatchObject({ state: 'succeeded', exitCode, accounting, checks: ended.checks });
    expect(again.phases.map(({ id }) => id)).toEqual(ended.phases.map(({ id }) => id));
  });

  it('is ended by runs kill', async () => {
    const { id, record } = await leave(project, [...local, 'waiting.py', '7']);
    const killed = await run('kill', id);
    expect([killed.exitCode, killed.stdout], killed.stderr).toEqual([0, `${id} killed\n`]);
    expect(record()).toMatchObject({ state: 'killed', cause: 'terminated', exitCode: 143 });
    expect(processesMentioning(project.folder)).toEqual([]);
  });

  it('ends at once where its time was over meanwhile, and its driver with it', async () => {
    const { id, record } = await leave(project, [...local, '--timeout', '1h', 'waiting.py', '7']);
    const path = `.sparkctl/runs/${id}/plan.json`;
    const plan = JSON.parse(readFileSync(project.path(path), 'utf8'));
    expect(plan.timeoutMs).toBe(3_600_000);
    await project.write(path, JSON.stringify({ ...plan, timeoutMs: 1 }));
    expect((await run('wait', id)).exitCode).toBe(124);
    expect(record()).toMatchObject({ state: 'timed-out', exitCode: 124 });
    expect(processesMentioning(project.folder)).toEqual([]);
  });

  it('is lost with its driver', async () => {
    const { id, record } = await leave(project, [...local, 'waiting.py', '7']);
    for (const pid of await findMarked(id)) process.kill(pid, 'SIGKILL');
    const { exitCode, stderr } = await run('wait', id);
    expect([exitCode, stderr]).toEqual([143, expect.stringContaining('of its driver nothing is left')]);
    expect(record()).toMatchObject({ state: 'lost', cause: 'terminated' });
  });

  it('is lost where its plan cannot be read any more, and what it has left is ended', async () => {
    const { id, record } = await leave(project, [...local, 'waiting.py', '7']);
    await project.write(`.sparkctl/runs/${id}/plan.json`, '{}');
    const { exitCode, stderr } = await run('wait', id);
    expect([exitCode, stderr]).toEqual([143, expect.stringContaining('could not be taken up again')]);
    expect(readFileSync(project.path('.sparkctl/runs', id, 'sparkctl.log'), 'utf8')).toContain('plan.json');
    expect(record().state).toBe('lost');
    await sparkctl(['cluster', 'list'], { cwd: project.folder });
    expect(processesMentioning(project.folder)).toEqual([]);
  });

  it('is lost where it held a secret, which nothing keeps', async () => {
    const { id, before } = await leave(project, [
      ...local,
      '--conf',
      'spark.app.token=abc',
      'waiting.py',
      '7',
    ]);
    expect(before.driver?.detached).toBe(false);
    expect((await run('wait', id)).exitCode).toBe(143);
    await sparkctl(['cluster', 'list'], { cwd: project.folder });
    expect(processesMentioning(project.folder)).toEqual([]);
  });
});
