import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { connectDocker } from '../../src/cluster/docker/daemon/connect-docker.ts';
import { followDriver } from '../../src/cluster/docker/drivers/follow-driver.ts';
import { readIfPresent } from '../../src/files/read-if-present.ts';
import { waitUntil } from '../../src/process/wait-until.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { describeDocker } from './docker-tests.ts';
import { startOwnProcess } from './own-processes.ts';

const isRoot = process.getuid?.() === 0;

describeDocker('a Docker daemon', () => {
  it.runIf(isRoot)(
    'that dies while a driver runs is what the driver is said to have ended by',
    async ({ skip }) => {
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
          {
            timeoutMs: 60_000,
            intervalMs: 200,
          },
        );
        if (!daemon) return skip(`no second dockerd: ${(await dockerd).stderr.split('\n').at(-1)}`);
        await execa('sh', [
          '-c',
          'docker save debian:bookworm-slim | docker --host "$0" load',
          own.DOCKER_HOST,
        ]);
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
        const driver = followDriver(daemon, container.id, Promise.resolve(), async () => {});
        dockerd.kill('SIGKILL');
        await expect(driver.exited).rejects.toMatchObject({
          code: 'docker-unreachable',
          exitCode: 69,
          message: expect.stringMatching(
            new RegExp(
              `^No Docker daemon answers at unix://${socket} \\(.+\\), asked for the end of the driver\\.$`,
            ),
          ),
        });
        await expect(driver.stop(1_000)).rejects.toMatchObject({ code: 'docker-unreachable' });
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
    },
  );

  it.runIf(isRoot)('that one may not talk to says so', async () => {
    const { stdout, stderr } = await startOwnProcess({
      uid: 65_534,
      script: `
const { connectDocker } = await import(sources + 'cluster/docker/daemon/connect-docker.js');
await connectDocker({}).catch(({ message, hint, exitCode }) => console.log([exitCode, message, hint].join('\\n')));
`,
    });
    expect(stdout, stderr).toBe(`77
You may not talk to the Docker daemon at unix:///var/run/docker.sock (EACCES).
Join the group of its socket (sudo usermod -aG docker "$USER", then log in again), or work without Docker: --backend local.`);
  });
});

/** The process that started another one. */
function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function kill(pid: number): void {
  if (pid !== 0 && !Number.isNaN(pid)) process.kill(pid, 'SIGKILL');
}
