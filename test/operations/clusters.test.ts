import { expect, it, vi } from 'vitest';
import type { ClusterRequest } from '../../src/cluster/choose-cluster.ts';
import {
  clusterLogs,
  downClusters,
  findCluster,
  listClusters,
  scaleCluster,
  upCluster,
} from '../../src/operations/clusters.ts';
import { contextOf, StartedCluster } from '../../src/operations/library.ts';
import { SparkctlError } from '../../src/system/errors/sparkctl-error.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { FakeBackend } from '../support/fake-backend.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

const gentle = { force: false };
const asked: ClusterRequest = {};
const noDocker = new SparkctlError({
  code: 'docker-unreachable',
  category: 'cluster',
  message: 'No daemon.',
});

async function withBackends(...backends: readonly FakeBackend[]) {
  const project = temporaryProject();
  const events: SparkctlEvent[] = [];
  const context = testContext(project.folder, {
    backends: Object.fromEntries(backends.map((backend) => [backend.kind, backend])),
    emit: (event) => events.push(event),
  });
  return { project, events, context };
}

it('a cluster that stays is made by Docker where a daemon answers', async () => {
  const [local, docker] = [new FakeBackend(), new FakeBackend({ kind: 'docker' })];
  const { project, context, events } = await withBackends(local, docker);
  await using _ = project;
  const { status, changed } = await upCluster({ workers: 3 }, gentle, context);
  expect([status.backend, status.workers.alive, changed]).toEqual(['docker', 3, true]);
  expect(events).toContainEqual({ kind: 'backend-chosen', backend: 'docker', reason: { why: 'possible' } });
  expect(local.calls).toEqual([]);
});

it('without a daemon it is made of local processes, and a second time nothing changes', async () => {
  const local = new FakeBackend();
  const { project, context, events } = await withBackends(
    local,
    new FakeBackend({ kind: 'docker', obstacle: noDocker }),
  );
  await using _ = project;
  await upCluster(asked, gentle, context);
  const again = await upCluster(asked, gentle, context);
  expect([again.status.backend, again.changed]).toEqual(['local', false]);
  expect(events.filter(({ kind }) => kind === 'backend-chosen')).toEqual([
    {
      kind: 'backend-chosen',
      backend: 'local',
      reason: { why: 'instead', of: 'docker', code: 'docker-unreachable' },
    },
    { kind: 'backend-chosen', backend: 'local', reason: { why: 'cluster-exists' } },
  ]);
});

it.each([
  [true, ['versions', 'up default']],
  [false, ['up default']],
])(
  'the Spark of this machine is made before a cluster that needs it (%s)',
  async (usesInstallation, calls) => {
    const backend = new FakeBackend({ usesInstallation });
    const { project, context } = await withBackends(backend);
    await using _ = project;
    vi.spyOn(context.spark, 'versions').mockImplementation(async () => {
      backend.calls.push('versions');
      return { spark: '4.3.0', java: '17', python: '3.11' };
    });
    await upCluster({ backend: 'local' }, gentle, context);
    expect(backend.calls).toEqual(calls);
  },
);

it('clusters are found, listed, scaled, read and taken down on whatever backend they are', async () => {
  const [local, docker] = [new FakeBackend(), new FakeBackend({ kind: 'docker' })];
  const { project, context } = await withBackends(local, docker);
  await using _ = project;
  await upCluster({ backend: 'local' }, gentle, context);
  await upCluster({ backend: 'docker', cluster: 'other' }, gentle, context);
  expect((await listClusters(context)).map(({ name, backend }) => [name, backend])).toEqual([
    ['default', 'local'],
    ['other', 'docker'],
  ]);
  expect((await findCluster({ cluster: 'other' }, context)).backend).toBe('docker');
  expect((await scaleCluster({ cluster: 'other' }, 5, gentle, context)).workers.alive).toBe(5);
  const lines: string[] = [];
  for await (const line of clusterLogs(asked, 'master', false, context)) lines.push(line);
  expect(lines).toEqual(['master of default']);
  expect(await downClusters('all', gentle, context)).toEqual(['default', 'other']);
  expect(await downClusters(asked, gentle, context)).toEqual([]);
});

it('a cluster that does not exist is an error that says how to start it', async () => {
  const { project, context } = await withBackends(new FakeBackend());
  await using _ = project;
  await expect(findCluster({ cluster: 'none' }, context)).rejects.toMatchObject({
    code: 'no-cluster',
    exitCode: 69,
    hint: 'Start one with: sparkctl cluster up --cluster none',
  });
});

it('a cluster of the library goes away with its scope, and carries submissions', async () => {
  const backend = new FakeBackend();
  const { project, context } = await withBackends(backend);
  await using _ = project;
  await project.write('job.py', 'print(1)\n');
  const entry = { workingFolder: project.folder, environment: process.env };
  const options = { project: project.folder, backends: context.backends };
  {
    await using cluster = await StartedCluster.start({ ...options, workers: 1 }, entry);
    expect(cluster.name).toMatch(/^scope-[0-9a-f]{8}$/);
    const running = cluster.submit('job.py');
    const kinds: string[] = [];
    for await (const event of running.events) kinds.push(event.kind);
    expect(kinds[0]).toBe('run-created');
    const run = await running;
    expect(run).toMatchObject({ state: 'succeeded', cluster: { name: cluster.name, ephemeral: false } });
    expect(run.events.map(({ kind }) => kind)).toEqual(kinds);
  }
  expect(backend.calls.map((call) => call.split(' ')[0])).toEqual(['up', 'drive', 'down']);
  expect(backend.clusters.size).toBe(0);
});

it('the library takes relative paths from the working folder', () => {
  const context = contextOf(
    { project: 'mine', caBundle: 'ca.pem' },
    { workingFolder: '/work', environment: {} },
  );
  expect([context.project, context.environment['SSL_CERT_FILE']]).toEqual(['/work/mine', '/work/ca.pem']);
});

it('a cluster of the library that cannot be started leaves nothing', async () => {
  const failUp = new SparkctlError({ code: 'node-not-ready', category: 'cluster', message: 'No.' });
  const backend = new FakeBackend({ failUp });
  const { project, context } = await withBackends(backend);
  await using _ = project;
  const entry = { workingFolder: project.folder, environment: process.env };
  const starting = StartedCluster.start({ project: project.folder, backends: context.backends }, entry);
  await expect(starting).rejects.toBe(failUp);
  expect(backend.calls.map((call) => call.split(' ')[0])).toEqual(['up', 'down']);
});
