import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import {
  connectDocker,
  connectIfThere,
  dockerFailure,
  isNotFound,
} from '../../../src/cluster/docker/daemon.ts';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { dockerEndpoints } from '../../../src/cluster/docker/docker-endpoint.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { testContext } from '../../support/test-context.ts';

const said = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message}`), {
    statusCode,
    json: { message },
  });

describe('where the Docker daemon is', () => {
  it.each([
    ['unix:///x/docker.sock', { socketPath: '/x/docker.sock' }],
    ['tcp://127.0.0.1:2375', { host: '127.0.0.1', port: '2375', protocol: 'http' }],
    ['build-host', { host: 'build-host', port: '2375', protocol: 'http' }],
    ['tcp://build-host:2376', { host: 'build-host', port: '2376', protocol: 'https' }],
  ])('is what DOCKER_HOST says: %s', async (address, options) => {
    expect(await dockerEndpoints({ DOCKER_HOST: address })).toEqual([
      { address, origin: 'DOCKER_HOST', options },
    ]);
  });

  it('is not by ssh', async () => {
    await expect(dockerEndpoints({ DOCKER_HOST: 'ssh://me@host' })).rejects.toThrow(
      'DOCKER_HOST is "ssh://me@host", which sparkctl cannot reach a Docker daemon at.',
    );
  });

  it('is what the chosen context says', async () => {
    await using home = temporaryProject();
    await home.write('.docker/config.json', '{"currentContext":"other"}');
    const id = createHash('sha256').update('other').digest('hex');
    await home.write(
      `.docker/contexts/meta/${id}/meta.json`,
      '{"Endpoints":{"docker":{"Host":"unix:///other.sock"}}}',
    );
    expect(await dockerEndpoints({ HOME: home.folder })).toMatchObject([
      { address: 'unix:///other.sock', origin: 'the Docker context other' },
    ]);
    expect(await dockerEndpoints({ HOME: home.folder, DOCKER_HOST: 'unix:///a' })).toMatchObject([
      { address: 'unix:///a' },
    ]);
  });
});

describe('a daemon that is not there', () => {
  it.each([
    ['unix:///nowhere/docker.sock', 'ENOENT'],
    ['tcp://127.0.0.1:9', 'ECONNREFUSED'],
  ])('%s', async (address, code) => {
    await expect(connectDocker({ DOCKER_HOST: address })).rejects.toMatchObject({
      code: 'docker-unreachable',
      exitCode: 69,
      message: `No Docker daemon answers at ${address} (${code}), asked for a sign of life.`,
      hint: 'Start it (sudo systemctl start docker, or Docker Desktop), or work without it: --backend local.',
    });
    expect(await connectIfThere({ DOCKER_HOST: address })).toBeUndefined();
  });

  it("is looked for where the caller's environment says, not this process's", async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:9');
    try {
      await expect(connectDocker({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })).rejects.toThrow('(ENOENT)');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('has no clusters, unless it had one', async () => {
    await using project = temporaryProject();
    const environment = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const context = testContext(project.folder, { environment });
    expect(await dockerBackend.status('default', context)).toBeUndefined();
    expect(await dockerBackend.down('default', context)).toBe(false);
    expect(await dockerBackend.list(context)).toEqual([]);
    expect(await dockerBackend.reclaim(context)).toEqual([]);
    const plan = {
      name: 'default',
      workers: 1,
      workerCores: 1,
      workerMemoryMb: 1024,
      ephemeral: false,
      connect: false,
    };
    await project.write(
      '.sparkctl/clusters/default/docker.json',
      JSON.stringify({ schemaVersion: 1, backend: 'docker', plan, image: 'x', uid: 1001 }),
    );
    await expect(dockerBackend.status('default', context)).rejects.toMatchObject({
      code: 'docker-unreachable',
    });
    await expect(dockerBackend.down('default', context)).rejects.toMatchObject({
      code: 'docker-unreachable',
    });
  });

  it('takes the connection and never answers', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    try {
      await expect(connectDocker({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })).rejects.toMatchObject({
        code: 'docker-unreachable',
      });
    } finally {
      server.close();
    }
  }, 15_000);
});

describe('what Docker refuses', () => {
  it.each([
    [
      said(
        409,
        'Conflict. The container name "/default-x-spark-master-1" is already in use by container "12ab". You have to remove',
      ),
      'name-in-use',
      69,
      "A container called default-x-spark-master-1 is there already, and it is not one of this cluster's.",
    ],
    [
      said(
        500,
        'driver failed programming external connectivity: Bind for 127.0.0.1:8080 failed: port is already allocated',
      ),
      'port-taken',
      69,
      '127.0.0.1:8080 was taken by another program, for the start of x.',
    ],
    [
      said(500, 'write /var/lib/docker/x: no space left on device'),
      'disk-full',
      74,
      'Docker refused the start of x: write /var/lib/docker/x: no space left on device',
    ],
    [said(404, 'No such image: y'), 'docker-refused', 69, 'Docker refused the start of x: No such image: y'],
    [
      Object.assign(new Error('connect EACCES'), { code: 'EACCES' }),
      'docker-forbidden',
      77,
      'You may not talk to the Docker daemon at unix:///s (EACCES).',
    ],
    [
      new Error('socket hang up'),
      'docker-unreachable',
      69,
      'No Docker daemon answers at unix:///s (socket hang up), asked for the start of x.',
    ],
  ])('%s', (error, code, exitCode, message) => {
    expect(dockerFailure(error, 'the start of x', 'unix:///s')).toMatchObject({ code, exitCode, message });
  });

  it('keeps its status, by which the missing is told from the refused', () => {
    const refused = (statusCode: number) =>
      dockerFailure(Object.assign(new Error('no'), { statusCode }), 'the image x', 'unix:///s');
    expect([isNotFound(refused(404)), isNotFound(refused(409))]).toEqual([true, false]);
  });

  it('is not what a defect of sparkctl throws', () => {
    const defect = new TypeError('x is not a function');
    expect(dockerFailure(defect, 'the start of x', 'unix:///s')).toBe(defect);
  });
});
