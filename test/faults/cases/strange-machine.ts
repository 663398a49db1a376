import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { sparkctl } from '../../support/sparkctl.ts';
import { aClusterRecord, deadOwner } from '../../support/strange-records.ts';
import { fault } from '../fault.ts';
import type { UsersProject } from '../users-project.ts';

const hourMs = 3_600_000;

/** Records and locks of processes whose ids belong to others by now, and a clock that jumps. */
export function strangeMachine(shared: () => UsersProject): void {
  describe('a machine on which time has passed', () => {
    fault(
      {
        number: 19,
        where: 'local',
        injected: "record and lock of a dead cluster, a stranger's process id",
      },
      async ({ watch }) => {
        const project = shared();
        const stranger = execa('sleep', ['600'], { reject: false });
        const { pid } = stranger;
        if (pid === undefined) throw new Error('sleep was not started');
        const dead = { ...(await deadOwner()), pid };
        await project.write(
          '.sparkctl/clusters/ghost/cluster.json',
          JSON.stringify(aClusterRecord('ghost', dead)),
        );
        const lock = await project.write('.sparkctl/clusters/ghost.lock', JSON.stringify(dead));
        const future = new Date(Date.now() + hourMs);
        await utimes(lock, future, future);
        try {
          return await watch(project.users, 'old', async () => {
            const { exitCode, stdout } = await project.run('cluster', 'list');
            expect(stdout).toBe('No cluster. Start one with: sparkctl cluster up\n');
            expect(existsSync(project.path('.sparkctl/clusters/ghost'))).toBe(false);
            expect(existsSync(lock)).toBe(false);
            process.kill(stranger.pid ?? 0, 0);
            expect(stranger.exitCode).toBe(null);
            return exitCode;
          });
        } finally {
          stranger.kill();
        }
      },
    );

    fault(
      { number: 19, where: 'local[1]', injected: 'the clock is 1 h ahead, and 1 h behind 4 s later' },
      async ({ watch }) => {
        const project = shared();
        const clock = await project.write('clock.mjs', jumpingClock);
        return await watch(project.users, 'new', async () => {
          const words = [
            'submit',
            '--master',
            'local[1]',
            '--timeout',
            '30m',
            '--rows',
            '10000',
            '--seed',
            '19',
            '--json',
            'jobs/etl.py',
          ];
          const { exitCode, stdout, stderr } = await sparkctl(words, {
            cwd: project.folder,
            env: { NODE_OPTIONS: `--import=${pathToFileURL(clock).href}` },
          });
          expect(exitCode, stderr).toBe(0);
          const run = JSON.parse(stdout);
          expect(Date.parse(run.finishedAt)).toBeLessThan(Date.parse(run.startedAt) - hourMs);
          const durations = [
            run.durationMs,
            ...run.phases.map(({ durationMs }: { durationMs: number }) => durationMs),
          ];
          expect(durations.filter((durationMs) => !(durationMs >= 0 && durationMs < hourMs))).toEqual([]);
          return exitCode;
        });
      },
    );
  });
}

/** Moves the clock of one Node process: the machine's own is everybody's. */
const jumpingClock = `
const RealDate = Date;
const hourMs = 3_600_000;
const shift = () => (performance.now() < 4_000 ? hourMs : -hourMs);
globalThis.Date = class Date extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + shift());
    else super(...values);
  }
  static now() {
    return RealDate.now() + shift();
  }
};
`;
