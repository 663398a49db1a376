import { readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { connectDocker } from '../../../src/cluster/docker/daemon.ts';
import { followDriver } from '../../../src/cluster/docker/drivers.ts';
import { readIfPresent } from '../../../src/system/files/read-file.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { parentOf } from '../../support/parent-of.ts';
import { repository, sparkctl } from '../../support/sparkctl.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** A Docker daemon that is not there, that may not be asked, and one that dies while a driver runs. */
export function dockerDaemon(shared: () => UsersProject): void {
  describe('a Docker daemon', () => {
    const words = ['submit', '--backend', 'docker', 'jobs/etl.py'];

    fault({ number: 4, where: 'docker', injected: 'there is no docker.sock' }, async ({ watch }) => {
      const project = shared();
      return await watch(project.users, 'old', async () => {
        const { exitCode, stderr } = await sparkctl(words, {
          cwd: project.folder,
          env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
        });
        expect(stderr).toContain(
          'sparkctl: No Docker daemon answers at unix:///nowhere/docker.sock (ENOENT), asked for a sign of life.\n' +
            '  Hint: Start it (sudo systemctl start docker, or Docker Desktop), or work without it: --backend local.\n',
        );
        expect(exitCode).toBe(69);
        return exitCode;
      });
    });

    fault(
      { number: 4, where: 'docker', injected: 'docker.sock may not be opened' },
      async ({ watch, skip }) => {
        if (!isRoot) skip('only root can become another user');
        const project = shared();
        await rm(project.path('.sparkctl'), { recursive: true, force: true });
        await chmod(project.folder, 0o777);
        return await watch(project.users, 'old', async () => {
          const { exitCode, stderr } = await execa(
            process.execPath,
            [`${repository}/bin/sparkctl.js`, 'cluster', 'up', '--no-standby', '--backend', 'docker'],
            {
              cwd: project.folder,
              env: { HOME: project.folder },
              reject: false,
              uid: nobody,
            },
          );
          await rm(project.path('.sparkctl'), { recursive: true, force: true });
          expect(stderr).toContain(
            'sparkctl: You may not talk to the Docker daemon at unix:///var/run/docker.sock (EACCES).\n' +
              '  Hint: Join the group of its socket (sudo usermod -aG docker "$USER", then log in again), or work without Docker: --backend local.',
          );
          expect(exitCode).toBe(77);
          return exitCode;
        });
      },
    );

    fault(
      { number: 4, where: 'docker', injected: 'kill -9 of dockerd (one of its own) while a driver runs' },
      async ({ skip }) => {
        if (!isRoot) skip('only root can start a second dockerd');
        return { exitCode: await killDaemonUnderDriver(skip) };
      },
    );
  });
}

async function killDaemonUnderDriver(skip: (why: string) => never): Promise<number> {
  await using folder = temporaryProject();
  const socket = folder.path('docker.sock');
  const own = { DOCKER_HOST: `unix://${socket}` };
  // In a network of its own: a daemon without a bridge removes that of the machine's own daemon.
  const dockerd = execa(
    'unshare',
    [
      ...['--net', 'dockerd', '--host', own.DOCKER_HOST, '--pidfile', folder.path('pid')],
      ...['--data-root', folder.path('data'), '--exec-root', folder.path('exec')],
      ...['--bridge', 'none', '--iptables=false', '--ip-masq=false'],
    ],
    { reject: false },
  );
  let [inside, shim] = [0, 0];
  try {
    const daemon = await waitUntil(
      async () => await connectDocker(own).catch(() => (dockerd.exitCode === null ? undefined : null)),
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    if (!daemon) return skip(`no second dockerd: ${(await dockerd).stderr.split('\n').at(-1)}`);
    await execa('sh', ['-c', 'docker save debian:bookworm-slim | docker --host "$0" load', own.DOCKER_HOST]);
    const container = await daemon.ask('a container', (docker) =>
      docker.createContainer({
        Image: 'debian:bookworm-slim',
        Cmd: ['sleep', '600'],
        HostConfig: { NetworkMode: 'none' },
      }),
    );
    await container.start();
    inside = (await container.inspect()).State.Pid;
    shim = parentOf(inside);
    expect(shim).toBeGreaterThan(0);
    const driver = followDriver(daemon, container.id, Promise.resolve(), async () => {});
    dockerd.kill('SIGKILL');
    const failure = await driver.exited.catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'docker-unreachable',
      exitCode: 69,
      message: expect.stringMatching(
        new RegExp(
          `^No Docker daemon answers at unix://${socket} \\(.+\\), asked for the end of the driver\\.$`,
        ),
      ),
    });
    await expect(driver.stop(1_000)).rejects.toMatchObject({ code: 'docker-unreachable' });
    return (failure as { exitCode: number }).exitCode;
  } finally {
    dockerd.kill('SIGKILL');
    await dockerd;
    // What a killed dockerd leaves behind, by the ids it wrote down: its containerd, and the shim with the container.
    kill(Number(await readIfPresent(folder.path('exec/containerd/containerd.pid'))));
    kill(shim);
    kill(inside);
    const mounts = (readFileSync('/proc/mounts', 'utf8').match(/\S+/g) ?? []).filter((word) =>
      word.startsWith(folder.folder),
    );
    for (const mount of mounts.reverse()) await execa('umount', ['-l', mount], { reject: false });
  }
}

function kill(pid: number): void {
  if (pid !== 0 && !Number.isNaN(pid)) process.kill(pid, 'SIGKILL');
}
