import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireProcessLock } from '../../../src/system/locks/process-lock.ts';
import { ownIdentity } from '../../../src/system/processes/process-identity.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

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
    const own = await ownIdentity();
    for (const stale of [JSON.stringify({ ...own, startedAt: '1' }), 'not even JSON', '']) {
      await writeFile(path, stale);
      const future = new Date(Date.now() + 3_600_000);
      await utimes(path, future, future);
      await using lock = await acquireProcessLock(path, { timeoutMs: 0 });
      expect(lock).toBeDefined();
    }
  });

  it('is respected where nothing can be said of its holder', async () => {
    await using project = temporaryProject();
    const { host: _host, boot: _boot, pidNamespace: _namespace, ...ofAnOlderVersion } = await ownIdentity();
    const own = await ownIdentity();
    const holders = [
      { ...own, startedAt: '1', host: 'another', boot: randomUUID() },
      { ...own, startedAt: '1', pidNamespace: 'pid:[1]' },
      { ...ofAnOlderVersion, startedAt: '1' },
    ];
    for (const [index, holder] of holders.entries()) {
      const path = await project.write(`lock-${index}`, JSON.stringify(holder));
      expect(await acquireProcessLock(path, { timeoutMs: 0 })).toBeUndefined();
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(holder);
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
