import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import {
  livenessOf,
  ownIdentity,
  type ProcessIdentity,
  whereIs,
} from '../../../src/system/processes/process-identity.ts';
import { canMakePidNamespace, inOwnPidNamespace } from '../../support/namespaces.ts';
import { repository } from '../../support/sparkctl.ts';

const identityModule = pathToFileURL(`${repository}/dist/system/processes/process-identity.js`).href;
const print = `
const { ownIdentity, livenessOf } = await import(${JSON.stringify(identityModule)});
const given = process.env.GIVEN && await livenessOf(JSON.parse(process.env.GIVEN)).catch((error) => error.code);
console.log(JSON.stringify({ own: await ownIdentity(), given }));
setTimeout(() => {}, Number(process.env.STAY_MS ?? 0));
`;
const node = [process.execPath, '--input-type=module', '--eval', print];

describe('a process identity', () => {
  it('is of one process alone', async () => {
    const own = await ownIdentity();
    expect(await livenessOf(own)).toBe('alive');
    expect(await livenessOf({ ...own, startedAt: '1' })).toBe('dead');
    expect(await livenessOf({ ...own, pid: 2 ** 22 + 1 })).toBe('dead');
  });

  it('of another host, boot or namespace is never called dead, but for this host before its last start', async () => {
    const own = await ownIdentity();
    const boot = randomUUID();
    const cases: readonly [Partial<ProcessIdentity>, string, string][] = [
      [{}, 'here', 'alive'],
      [{ boot }, 'past', 'dead'],
      [{ boot, pidNamespace: 'pid:[1]' }, 'past', 'dead'],
      [{ boot, host: 'another' }, 'elsewhere', 'elsewhere'],
      [{ pidNamespace: 'pid:[1]' }, 'elsewhere', 'elsewhere'],
      // A container that shares the process numbers of its host.
      [{ host: 'container' }, 'here', 'alive'],
    ];
    for (const [change, where, liveness] of cases) {
      expect(await whereIs({ ...own, ...change }), JSON.stringify(change)).toBe(where);
      expect(await livenessOf({ ...own, ...change }), JSON.stringify(change)).toBe(liveness);
    }
  });

  it('that an older version wrote down is alive where it is seen, and else not called dead', async () => {
    const { pid, startedAt } = await ownIdentity();
    expect(await livenessOf({ pid, startedAt })).toBe('alive');
    expect(await livenessOf({ pid, startedAt: '1' })).toBe('elsewhere');
  });

  it.skipIf(!canMakePidNamespace)(
    'is not taken for dead across PID namespaces, in either direction',
    async () => {
      const [file = '', ...args] = [...inOwnPidNamespace, ...node];
      const inside = execa(file, args, {
        env: { GIVEN: JSON.stringify(await ownIdentity()), STAY_MS: '60000' },
        stdin: 'ignore',
        reject: false,
      });
      try {
        const first = await new Promise<string>((resolve) => {
          inside.stdout.once('data', (chunk) => resolve(String(chunk)));
          inside.once('exit', () => resolve('{}'));
        });
        const { own, given } = JSON.parse(first);
        expect(given).toBe('elsewhere');
        expect(own).toMatchObject({ pid: 1 });
        expect(await livenessOf(own)).toBe('elsewhere');
      } finally {
        inside.kill('SIGKILL');
        await inside;
      }
    },
  );

  it.skipIf(!canMakePidNamespace)('says nothing of numbers in a /proc that is not its own', async () => {
    const own = await ownIdentity();
    const without = inOwnPidNamespace.filter((word) => word !== '--mount-proc');
    const [file = '', ...args] = [...without, ...node];
    const { stdout } = await execa(file, args, {
      env: { GIVEN: JSON.stringify({ ...own, startedAt: '1' }) },
      stdin: 'ignore',
    });
    expect(JSON.parse(stdout)).toMatchObject({ own: { pid: 1 }, given: 'elsewhere' });
  });
});
