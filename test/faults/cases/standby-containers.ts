import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { label } from '../../../src/cluster/docker/plan/labels.ts';
import { standbyFolders } from '../../../src/cluster/standby/standby-folder.ts';
import { daemon, killContainer, leftovers } from '../../cluster/docker/docker-tests.ts';
import { sparkctl } from '../../support/sparkctl.ts';
import { untilStandbyReady } from '../../support/standby.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const where = 'docker';

/** A standby driver whose container or worker is killed while it waits, or whose cluster goes. The cluster is gone in the end. */
export function standbyContainers(cluster: () => UsersProject): void {
  describe('standby drivers on Docker', () => {
    const untilReady = () => untilStandbyReady(cluster().folder);
    /** Submits without any option, as the driver that waits after `cluster up` was made. */
    const submit = async (seed: number) => {
      const words = ['submit', '--rows', '1000', '--seed', String(seed), '--json', 'jobs/etl.py'];
      const { exitCode, stdout } = await sparkctl(words, { cwd: cluster().folder });
      return { exitCode, run: JSON.parse(stdout) };
    };

    fault(
      { number: 31, where, injected: 'kill -9 of the container of the standby driver while it waits' },
      async ({ watch }) =>
        await watch(cluster().users, 'new', async () => {
          // Makes the cluster whole again. Every run leaves a standby driver for the next case.
          const up = await cluster().run('cluster', 'up', '--backend', where, '--workers', '2');
          expect(up.exitCode, up.stderr).toBe(0);
          await untilReady();
          const [standby] = await standbyFolders(cluster().folder, 'default');
          const [container] = await daemon().ask('the standby', (docker) =>
            docker.listContainers({ filters: { label: [`${label.standby}=${standby?.id}`] } }),
          );
          await killContainer(container?.Id ?? '');
          const { exitCode, run } = await submit(31);
          expect(run).toMatchObject({
            state: 'succeeded',
            driver: { start: 'cold', reason: 'the standby driver had gone' },
          });
          expect(existsSync(standby?.path ?? '')).toBe(false);
          return exitCode;
        }),
    );

    fault(
      { number: 31, where, injected: 'kill -9 of the container of a worker while the standby waits' },
      async ({ watch }) =>
        await watch(cluster().users, 'new', async () => {
          await untilReady();
          const status = await cluster().run('cluster', 'status', '--json');
          const worker = JSON.parse(status.stdout).nodes.find(
            ({ role }: { role: string }) => role === 'worker',
          );
          await killContainer(worker.id);
          const { exitCode, run } = await submit(32);
          expect(run).toMatchObject({ state: 'succeeded', driver: { start: 'warm' } });
          return exitCode;
        }),
    );

    fault(
      { number: 31, where, injected: 'cluster down while a standby driver waits' },
      async ({ watch }) =>
        await watch(cluster().users, 'old', async () => {
          await untilReady();
          const { exitCode } = await cluster().run('cluster', 'down');
          expect(await leftovers(cluster().folder)).toEqual([]);
          expect(await standbyFolders(cluster().folder, 'default')).toEqual([]);
          expect(existsSync(join(cluster().folder, '.sparkctl/clusters/default/secret'))).toBe(false);
          return exitCode;
        }),
    );
  });
}
