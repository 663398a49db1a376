import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterClaim } from '../../src/cluster/lock-cluster.ts';
import { Claims } from '../../src/system/locks/claims.ts';
import { acquireProcessLock } from '../../src/system/locks/process-lock.ts';
import { ownIdentity } from '../../src/system/processes/process-identity.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { sparkctl, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

/** A project with the record of a local cluster whose processes are gone. */
async function projectWithRecord(): Promise<TemporaryProject> {
  const project = temporaryProject();
  const node = (name: string, role: string, webPort: number) => ({
    name,
    role,
    mark: `${randomUUID()}/${name}`,
    webPort,
  });
  const record = {
    schemaVersion: 1,
    backend: 'local',
    name: 'default',
    ephemeral: false,
    owner: await ownIdentity(),
    masterPort: 1,
    workerCores: 1,
    workerMemoryMb: 1024,
    nodes: [node('master', 'master', 1), node('history', 'history', 1), node('worker-1', 'worker', 1)],
  };
  await project.write('package.json', '{}');
  await project.write('.sparkctl/clusters/default/cluster.json', JSON.stringify(record));
  return project;
}

/** A run that uses the cluster, which is this process; it ends when it is asked to. */
async function userOf(project: TemporaryProject): Promise<Claims & { stoppedBy: string | undefined }> {
  const user = Object.assign(
    new Claims({
      project: project.folder,
      run: 'a-run',
      reclaim: async () => {},
      onStopWanted: (by) => {
        user.stoppedBy = by;
        void user[Symbol.asyncDispose]();
      },
    }),
    { stoppedBy: undefined as string | undefined },
  );
  expect(await user.tryToAdd([clusterClaim('default')])).toEqual([]);
  return user;
}

describe('a cluster that a run uses', { timeout: 60_000 }, () => {
  for (const words of [
    ['cluster', 'down'],
    ['cluster', 'down', '--all'],
    ['cluster', 'scale', '3'],
    ['cluster', 'up', '--backend', 'local', '--workers', '3'],
  ])
    it(`is left alone by: ${words.join(' ')}`, async () => {
      await using project = await projectWithRecord();
      await using user = await userOf(project);
      const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder });
      expect(stderr).toContain('Cluster default is in use by run a-run.\n');
      expect(stderr).toContain(
        'Wait for it, or stop it first with --force. See what it does: sparkctl runs show a-run',
      );
      expect(exitCode).toBe(75);
      expect(existsSync(project.path('.sparkctl/clusters/default/cluster.json'))).toBe(true);
      expect(user.stoppedBy).toBeUndefined();
    });

  it('is taken down with --force once the run has ended, which hears who wants it', async () => {
    await using project = await projectWithRecord();
    await using user = await userOf(project);
    const { exitCode, stdout, stderr } = await sparkctl(['cluster', 'down', '--force'], {
      cwd: project.folder,
    });
    expect(user.stoppedBy).toMatch(/^sparkctl cluster down --force \(process \d+\)$/);
    expect(stderr).toContain('Stopping run a-run, which uses the cluster\n');
    expect(stdout).toBe('Cluster default is down.\n');
    expect(exitCode).toBe(0);
  });

  it('that another command is just changing is waited for, by name', async () => {
    await using project = await projectWithRecord();
    await project.write('hello.py', 'print("hello")\n');
    const lock = await acquireProcessLock(project.path('.sparkctl/clusters/default.lock'), { timeoutMs: 0 });
    const running = startSparkctl(['submit', '--progress', 'plain', 'hello.py'], { cwd: project.folder });
    let said = '';
    running.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const note = `Waiting for process ${process.pid}, which works on cluster default\n`;
    await waitUntil(() => (said.includes(note) ? true : undefined), { timeoutMs: 20_000 });
    expect(said).toContain(note);
    await lock?.[Symbol.asyncDispose]();
    const { exitCode, stderr } = await running;
    expect(stderr).toContain('Cluster default (local) has no living worker');
    expect(exitCode).toBe(69);
  });
});
