import { createServer, type RequestListener } from 'node:http';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { mayHaveClusters } from '../../../src/cluster/docker/docker-presence.ts';
import { composeLabel, label } from '../../../src/cluster/docker/plan/labels.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

const project = temporaryProject();
afterAll(() => project[Symbol.asyncDispose]());

/** A daemon on a socket of its own, and the environment that leads to it. */
async function daemonThat(answers: RequestListener) {
  const around = temporaryProject();
  const server = createServer(answers).listen(around.path('docker.sock'));
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await around[Symbol.asyncDispose]();
  });
  return { DOCKER_HOST: `unix://${around.path('docker.sock')}` };
}

const ask = (environment: Readonly<Record<string, string>>, folder = project.folder) =>
  mayHaveClusters({ project: folder, environment });

const listing = (...labels: readonly (Readonly<Record<string, string>> | null)[]) =>
  daemonThat((_, response) => {
    response.end(JSON.stringify(labels.map((Labels) => ({ Id: 'x', Labels }))));
  });

const ofCluster = { [label.role]: 'worker', [composeLabel.project]: 'default-12345678' };

it('asks the daemon for the containers with a role, also those that have ended', async () => {
  const urls: string[] = [];
  const environment = await daemonThat(({ url = '' }, response) => {
    urls.push(decodeURIComponent(url));
    response.end('[]');
  });
  expect(await ask(environment)).toBe(false);
  expect(urls).toEqual(['/containers/json?all=1&filters={"label":["sparkctl.role"]}']);
});

it('is true for a container of the project, whoever made it', async () => {
  expect(await ask(await listing({ ...ofCluster, [label.project]: project.folder }))).toBe(true);
  const composed = { ...ofCluster, [composeLabel.workingFolder]: project.folder };
  expect(await ask(await listing(null, composed))).toBe(true);
});

it("is false where the daemon has other projects' containers, or none", async () => {
  const other = { ...ofCluster, [label.project]: '/elsewhere', [composeLabel.workingFolder]: project.folder };
  const strange = { ...ofCluster, [label.project]: project.folder, [label.role]: 'stranger' };
  expect(await ask(await listing(other, strange, null))).toBe(false);
  expect(await ask(await listing())).toBe(false);
});

it('is false where no daemon listens', async () => {
  expect(await ask({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })).toBe(false);
});

it('is true for a record of the project, whatever the daemon says', async () => {
  await using recorded = temporaryProject();
  await recorded.write('.sparkctl/clusters/default/docker.json', '{}');
  expect(await ask({ DOCKER_HOST: 'unix:///nowhere/docker.sock' }, recorded.folder)).toBe(true);
});

it.each<readonly [string, RequestListener]>([
  ['is no JSON', (_, response) => response.end('<html>')],
  ['is no list of containers', (_, response) => response.end('{"message": "no"}')],
  ['is an error', (_, response) => response.writeHead(500).end('[]')],
  ['breaks off', (_, response) => response.write('[', () => response.destroy())],
  ['never comes', () => {}],
])('is true where the answer %s', async (_, answers) => {
  expect(await ask(await daemonThat(answers))).toBe(true);
});

it('is true for a daemon on another machine, and for a place that cannot be understood', async () => {
  expect(await ask({ DOCKER_HOST: 'tcp://127.0.0.1:9' })).toBe(true);
  expect(await ask({ DOCKER_HOST: 'nonsense://' })).toBe(true);
});
