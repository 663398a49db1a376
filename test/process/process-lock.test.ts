import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify, isAlive } from '../../src/process/process-identity.ts';
import { acquireProcessLock } from '../../src/process/process-lock.ts';
import { temporaryProject } from '../support/temporary-project.ts';

describe('a process lock', () => {
  it('is held by one and free afterwards', async () => {
    await using project = temporaryProject();
    const path = project.path('lock');
    {
      await using first = await acquireProcessLock(path, { timeoutMs: 1000 });
      expect(first).toBeDefined();
      const holders: number[] = [];
      const second = await acquireProcessLock(path, {
        timeoutMs: 100,
        onWait: ({ pid }) => holders.push(pid),
      });
      expect(second).toBeUndefined();
      expect(holders).toEqual([process.pid]);
    }
    await using third = await acquireProcessLock(path, { timeoutMs: 1000 });
    expect(third).toBeDefined();
  });

  it('is taken over from a process that is gone, whatever its date', async () => {
    await using project = temporaryProject();
    const path = project.path('lock');
    const own = await identify(process.pid);
    for (const stale of [JSON.stringify({ ...own, startedAt: '1' }), 'not even JSON', '']) {
      await writeFile(path, stale);
      const future = new Date(Date.now() + 3_600_000);
      await utimes(path, future, future);
      await using lock = await acquireProcessLock(path, { timeoutMs: 0 });
      expect(lock).toBeDefined();
    }
  });

  it('is given to one at a time, however many ask', async () => {
    await using project = temporaryProject();
    const path = join(project.folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      await using lock = await acquireProcessLock(path, { timeoutMs: 20_000 });
      expect(lock).toBeDefined();
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 12 }, work));
    expect(most).toBe(1);
  });
});

describe('a process identity', () => {
  it('is of one process alone', async () => {
    const own = await identify(process.pid);
    if (own === undefined) throw new Error('no identity');
    expect(await isAlive(own)).toBe(true);
    expect(await isAlive({ ...own, startedAt: '1' })).toBe(false);
    expect(await identify(2 ** 22 + 1)).toBeUndefined();
  });
});
