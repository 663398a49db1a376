import { createServer, type Server } from 'node:net';
import { expect } from 'vitest';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const usualPorts = [7077, 8080, 18080];

/** Starts the cluster that the other cases share, while other programs have the usual ports. */
export function takenPorts(
  cluster: () => UsersProject,
  { where, workers }: { readonly where: 'local' | 'docker'; readonly workers: number },
): void {
  fault(
    { number: 5, where, injected: 'ports 7077, 8080 and 18080 are held while a cluster starts' },
    async ({ watch }) => {
      const project = cluster();
      return await watch({ ...project.users, inputs: [] }, 'old', async () => {
        const servers = await Promise.all(usualPorts.map(hold));
        try {
          const words = [
            'cluster',
            'up',
            '--no-standby',
            '--backend',
            where,
            '--workers',
            String(workers),
            '--json',
          ];
          const { exitCode, stdout, stderr } = await project.run(...words);
          expect(exitCode, stderr).toBe(0);
          const status = JSON.parse(stdout);
          expect(status).toMatchObject({ state: 'running', workers: { wanted: workers, alive: workers } });
          for (const link of [status.links.master, status.links.history]) {
            expect(usualPorts).not.toContain(Number(new URL(link).port));
            expect((await fetch(link)).ok).toBe(true);
          }
          return exitCode;
        } finally {
          for (const server of servers) server?.close();
        }
      });
    },
  );
}

/** Listens on a port. Where somebody else does so already, it is taken well enough. */
async function hold(port: number): Promise<Server | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
