import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRunFolder, writeRun } from '../../src/run/record/run-store.ts';
import { ownIdentity } from '../../src/system/processes/process-identity.ts';
import { startSparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it('gives a slow reader everything before it ends', async () => {
  await using project = temporaryProject();
  const owner = await ownIdentity();
  const folder = await createRunFolder(project.folder, 'run-20260101-000000-000001');
  await writeRun({
    schemaVersion: 1,
    id: 'run-20260101-000000-000001',
    state: 'succeeded',
    exitCode: 0,
    job: { name: 'run', script: 'run.py', arguments: [] },
    project: project.folder,
    startedAt: '2026-01-01T00:00:00.000Z',
    owner,
    applicationIds: [],
    versions: { sparkctl: '0', node: '0' },
    command: [],
    phases: [],
    checks: [],
    links: {},
  });
  const lines = Array.from({ length: 200_000 }, (_, number) => `line ${number}\n`).join('');
  await writeFile(join(folder, 'stdout.log'), lines);
  const running = startSparkctl(['runs', 'logs'], { cwd: project.folder });
  running.stdout.pause();
  const ended = new Promise((resolve) => running.once('exit', () => resolve('ended')));
  // Far more than a pipe holds: it can only end once somebody reads.
  const first = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_500, 'waits'))]);
  expect(first).toBe('waits');
  running.stdout.resume();
  const { exitCode, stdout } = await running;
  expect(exitCode).toBe(0);
  expect(stdout === lines).toBe(true);
});
