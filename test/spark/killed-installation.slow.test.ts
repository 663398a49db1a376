import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { runtimeContents, runtimeFolder } from '../../src/spark/managed-runtime.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { parentOf } from '../support/parent-of.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { sparkctl, startSparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it('an installation whose sparkctl is killed is ended by the next command, and no two ever work in one folder', async () => {
  await using project = temporaryProject();
  const env = {
    SPARKCTL_CACHE: project.path('cache'),
    PIP_CONFIG_FILE: '/dev/null',
    PIP_INDEX_URL: await silentIndex(),
    PIP_FIND_LINKS: undefined,
    PIP_TIMEOUT: '600',
  };
  await project.write('package.json', '{}');
  await project.write('hello.py', 'print("hello")\n');
  const folder = runtimeFolder(await runtimeContents(), env);
  const submit = () =>
    startSparkctl(['submit', '--master', 'local[1]', 'hello.py'], { cwd: project.folder, env });
  const list = () => sparkctl(['cluster', 'list'], { cwd: project.folder, env });
  const pips = () => {
    const found = processesMentioning(project.path('cache')).filter((line) =>
      line.includes('-m pip install'),
    );
    // Pip asks for the compilers that are there: until such a child runs another program, it looks like pip itself.
    const ids = found.map((line) => Number.parseInt(line, 10));
    return found.filter((_, index) => ![0, ...ids].includes(parentOf(ids[index] ?? 0)));
  };
  /** Waits until there is one pip that was not there before. */
  const another = async (before: readonly string[]) => {
    const found = await waitUntil(() => pips().find((line) => !before.includes(line)), {
      timeoutMs: 90_000,
    });
    if (found === undefined) throw new Error('pip was never started');
    expect(pips()).toEqual([found]);
    return found;
  };

  const first = submit();
  const working = await another([]);
  await list();
  expect(pips(), 'that of a living sparkctl goes on').toEqual([working]);
  first.kill('SIGKILL');
  await first;
  expect(pips(), 'it goes on by itself').toEqual([working]);

  const second = submit();
  await another([working]);
  expect(await readdir(folder)).toHaveLength(1);
  second.kill('SIGKILL');
  await second;
  expect((await list()).exitCode).toBe(0);
  expect(pips()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);

  const third = submit();
  await another([]);
  third.kill('SIGINT');
  expect((await third).exitCode).toBe(130);
  expect(pips()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

/** An index of Python packages that takes every request and never answers: pip waits for it as long as it is let. */
async function silentIndex(): Promise<string> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
}
