import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compareRuns, reportOf, runLogs } from '../../src/operations/runs.ts';
import { sparkEnvironment } from '../../src/operations/spark-environment.ts';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { createRunFolder, runFolder, writeRun } from '../../src/run/record/run-store.ts';
import type { SparkInstallation } from '../../src/spark/installation.ts';
import { ownIdentity } from '../../src/system/processes/process-identity.ts';
import { aRun } from '../run/a-run.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

const ids = ['etl-20260131-120000-aaaaaa', 'etl-20260131-130000-bbbbbb'] as const;
const stream = 'stdout' as const;

async function recorded(project: string, run: Partial<RunRecord>): Promise<RunRecord> {
  const record = aRun({ project, owner: await ownIdentity(), ...run });
  await createRunFolder(project, record.id);
  await writeRun(record);
  return record;
}

async function linesOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

it('two runs are compared by the beginnings of their ids', async () => {
  await using project = temporaryProject();
  for (const [index, id] of ids.entries()) await recorded(project.folder, { id, exitCode: index });
  const { a, b, differences } = await compareRuns(project.folder, ids[0].slice(0, -3), ids[1]);
  expect([a.id, b.id]).toEqual([...ids]);
  expect(differences).toContainEqual({ what: 'exit code', a: 0, b: 1, change: 1 });
  expect(reportOf(a)).toBe(join(runFolder(project.folder, ids[0]), 'report.html'));
});

it('the log of a run that is over is read to its end, and one that was never begun is empty', async () => {
  await using project = temporaryProject();
  const run = await recorded(project.folder, { id: ids[0], state: 'succeeded' });
  await appendFile(join(runFolder(project.folder, run.id), 'stdout.log'), 'one\ntwo\n');
  const { signal } = new AbortController();
  expect(await linesOf(runLogs(run, { stream, follow: true, signal }))).toEqual(['one', 'two']);
  expect(await linesOf(runLogs(run, { stream: 'spark', follow: false, signal }))).toEqual([]);
});

it('the log of a run that goes on is followed until the run is over', async () => {
  await using project = temporaryProject();
  const run = await recorded(project.folder, { id: ids[0], state: 'running' });
  const log = join(runFolder(project.folder, run.id), 'stdout.log');
  await appendFile(log, 'one\n');
  const { signal } = new AbortController();
  const read: string[] = [];
  for await (const line of runLogs(run, { stream, follow: true, signal })) {
    read.push(line);
    if (line === 'one') await appendFile(log, 'two\n');
    if (line === 'two') await writeRun({ ...run, state: 'succeeded', exitCode: 0 });
  }
  expect(read).toEqual(['one', 'two']);
});

it('a shell gets the programs of sparkctl first, and each folder once', async () => {
  const spark = {
    java: async () => ({ home: '/java', version: '17' }),
    runtime: async () => ({ sparkHome: '/spark', python: '/venv/bin/python' }),
  } as unknown as SparkInstallation;
  const environment = { PATH: '/usr/bin:/own', PYTHONPATH: '/lib' };
  const context = { ...testContext('/project', { environment }), spark };
  const once = await sparkEnvironment(context);
  expect(once).toMatchObject({
    JAVA_HOME: '/java',
    PATH: '/spark/bin:/venv/bin:/java/bin:/usr/bin:/own',
    PYTHONPATH: expect.stringMatching(/^\/lib:.+\/spark$/),
  });
  expect(await sparkEnvironment({ ...context, environment: once })).toEqual(once);
});
