import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { composeLabel, label } from '../../../src/cluster/docker/plan/labels.ts';
import { ownIdentity } from '../../../src/system/processes/process-identity.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { contextOf, daemon, describeDocker, leftovers } from './docker-tests.ts';
import { startOwnProcess } from './own-processes.ts';

const up = `
const { dockerBackend } = await import(sources + 'cluster/docker/docker-backend.js');
const { connectDocker } = await import(sources + 'cluster/docker/daemon.js');
const { operationContext } = await import(sources + 'cluster/operation-context.js');
const context = operationContext({
  project: process.env.PROJECT, environment: process.env, signal: new AbortController().signal,
  emit: (event) => process.env.STOP_AT && JSON.stringify(event).includes(process.env.STOP_AT) && process.kill(process.pid, 'SIGKILL'),
});
`;

describeDocker('the remains of a sparkctl that was killed', () => {
  it('are reclaimed by the next one, and nothing else is', async () => {
    await using project = temporaryProject();
    await using other = temporaryProject();
    await project.write('job.py', 'import time\nprint("started", flush=True)\ntime.sleep(600)\n');
    const strangers = await makeStrangers(project.folder, other.folder);
    const killed = startOwnProcess({
      env: { PROJECT: project.folder },
      script: `${up}
const plan = { name: 'for-one-run', workers: 1, workerCores: 1, workerMemoryMb: 1024, ephemeral: true, connect: false };
await dockerBackend.up(plan, context);
const { mkdir } = await import('node:fs/promises');
const runFolder = process.env.PROJECT + '/.sparkctl/runs/r1';
await mkdir(runFolder, { recursive: true });
await dockerBackend.startDriver('for-one-run', {
  runId: 'r1', runFolder, propertiesFiles: [], secretProperties: {}, artifactsFolder: runFolder + '/artifacts', files: { reads: [], writes: [] }, sparkSubmitArguments: ['job.py'], workingFolder: process.env.PROJECT,
  onStdout: (chunk) => String(chunk).includes('started') && process.kill(process.pid, 'SIGKILL'),
  onStderr: () => {},
}, context);
`,
    });
    try {
      expect((await killed).signal, (await killed).stderr).toBe('SIGKILL');
      const context = contextOf(project.folder);
      const orphaned = await dockerBackend.status('for-one-run', context);
      expect(orphaned).toMatchObject({ state: 'running', ephemeral: true });
      expect(orphaned?.nodes.map(({ name, state }) => [name, state])).toContainEqual([
        'driver-r1',
        'running',
      ]);
      expect(await dockerBackend.reclaim(context)).toEqual(['for-one-run']);
      expect(await dockerBackend.reclaim(context)).toEqual([]);
      expect([...(await leftovers(project.folder))].sort()).toEqual(strangers.names.slice(0, 4).sort());
      expect(await leftovers(other.folder)).toEqual(strangers.names.slice(4, 5));
    } finally {
      await dockerBackend.down('for-one-run', contextOf(project.folder));
      await strangers.remove();
    }
  });

  it('are reclaimed when it had made a network only, or some of the containers', async () => {
    await using project = temporaryProject();
    const killed = startOwnProcess({
      env: { PROJECT: project.folder, STOP_AT: '"phase":"ready"' },
      script: `${up}
await dockerBackend.up({ name: 'half', workers: 1, workerCores: 1, workerMemoryMb: 1024, ephemeral: true, connect: false }, context);
`,
    });
    expect((await killed).signal, (await killed).stderr).toBe('SIGKILL');
    const containers = (await leftovers(project.folder)).filter((name) => name.startsWith('/'));
    for (const name of containers)
      await daemon().ask('a removal', (docker) => docker.getContainer(name.slice(1)).remove({ force: true }));
    expect(await leftovers(project.folder)).toHaveLength(1);
    expect(await dockerBackend.reclaim(contextOf(project.folder))).toEqual(['half']);
    expect(await leftovers(project.folder)).toEqual([]);
  });
});

/** Containers that look much like those of a dead sparkctl, and are not. */
async function makeStrangers(project: string, other: string) {
  const { host = '', boot = '', pidNamespace = '' } = await ownIdentity();
  const dead = { [label.ownerPid]: '1', [label.ownerStartedAt]: 'long-ago', [label.role]: 'worker' };
  const here = {
    [label.ownerHost]: host,
    [label.ownerBoot]: boot,
    [label.ownerPidNamespace]: pidNamespace,
  };
  const ours = { [label.project]: project, [label.cluster]: 'x', [composeLabel.project]: 'x' };
  const labels: readonly Record<string, string>[] = [
    // Of another machine, which shares this daemon.
    {
      ...ours,
      ...dead,
      [label.ephemeral]: 'true',
      [label.ownerHost]: 'another-machine',
      [label.ownerBoot]: randomUUID(),
      [label.ownerPidNamespace]: pidNamespace,
    },
    // Of another container on this machine.
    { ...ours, ...dead, ...here, [label.ephemeral]: 'true', [label.ownerPidNamespace]: 'pid:[1]' },
    // Of an older version, which did not say where.
    { ...ours, ...dead, [label.ephemeral]: 'true', [label.ownerHost]: hostname() },
    // Of a cluster that is to stay.
    { ...ours, ...dead, ...here, [label.ephemeral]: 'false' },
    // Of another project.
    { ...ours, ...dead, ...here, [label.project]: other, [label.ephemeral]: 'true' },
    // Of nobody.
    {},
  ];
  const made = await Promise.all(
    labels.map((each, index) =>
      daemon().ask('a stranger', (docker) =>
        docker.createContainer({
          name: `stranger-${process.pid}-${index}`,
          Image: 'debian:bookworm-slim',
          Cmd: ['true'],
          Labels: each,
        }),
      ),
    ),
  );
  return {
    names: made.map((_, index) => `/stranger-${process.pid}-${index}`),
    // That all of them are there still is part of the test.
    remove: async () => {
      for (const container of made) await container.remove();
    },
  };
}
