import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { endMarked, findMarked, markVariable } from '../../../src/system/processes/process-mark.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';

describe('ending marked processes', () => {
  it('ends a process, what it started, and one that ignores SIGTERM, and no other', async () => {
    const mark = randomUUID();
    const stranger = execa('sleep', ['300'], { reject: false, env: { [markVariable]: `${mark}-other` } });
    const stubborn = "trap '' TERM; echo ready; while :; do sleep 300 & wait; done";
    const ours = execa('sh', ['-c', stubborn], {
      reject: false,
      buffer: false,
      env: { [markVariable]: mark },
    });
    try {
      await new Promise((resolve) => ours.stdout.once('data', resolve));
      await waitUntil(async () => ((await findMarked(mark)).length >= 2 ? true : undefined), {
        timeoutMs: 5000,
      });
      await endMarked(mark, 200);
      expect(await findMarked(mark)).toEqual([]);
      expect((await ours).signal).toBe('SIGKILL');
      expect(await findMarked(`${mark}-other`)).toEqual([stranger.pid]);
    } finally {
      stranger.kill();
    }
  });
});
