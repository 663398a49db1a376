import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { processesMentioning } from '../../support/spark-processes.ts';
import { sparkctl, startSparkctl } from '../../support/sparkctl.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

/** A sparkctl that is killed while it makes the runtime, in a cache of the project's own. */
export function killedInstallation(shared: () => UsersProject): void {
  describe('the runtime', () => {
    fault(
      { number: 27, where: 'local[1]', injected: 'kill -9 of sparkctl while pip installs' },
      async ({ watch }) => {
        const project = shared();
        const cache = project.path('cache');
        const options = {
          cwd: project.folder,
          env: { SPARKCTL_CACHE: cache, SPARKCTL_CLASS_ARCHIVE: 'off' },
        };
        await project.write('hello.py', 'print("hello")\n');
        const submit = ['submit', '--master', 'local[1]', 'hello.py'];
        const pips = () => processesMentioning(cache).filter((line) => line.includes('-m pip install'));
        const builds = () =>
          readdirSync(cache, { recursive: true }).filter((path) => /\/build-[^/]*$/.test(String(path)));
        return await watch({ ...project.users, inputs: [] }, 'old', async () => {
          const running = startSparkctl(submit, options);
          await waitUntil(() => (pips().length > 0 ? true : undefined), {
            timeoutMs: 120_000,
            intervalMs: 10,
          });
          running.kill('SIGKILL');
          await running;
          expect(builds()).toHaveLength(1);
          const list = await sparkctl(['cluster', 'list'], options);
          expect(list.exitCode, list.stderr).toBe(0);
          expect([pips(), builds()]).toEqual([[], []]);
          const { exitCode, stdout, stderr } = await sparkctl(submit, options);
          expect(stdout, stderr).toBe('hello\n');
          expect([pips(), builds().length]).toEqual([[], 1]);
          return exitCode;
        });
      },
    );
  });
}
