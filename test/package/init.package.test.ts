import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { install, packInto } from '../support/packed.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let place: TemporaryProject;
let demo: string;

beforeAll(async () => {
  place = temporaryProject();
  demo = place.path('demo');
  const { tarball } = await packInto(place.folder);
  await place.write('package.json', '{ "name": "stranger", "private": true }');
  await install(place.folder, tarball);
  await execa(place.path('node_modules/.bin/sparkctl'), ['init', 'demo'], { cwd: place.folder });
  // It is on no registry yet.
  await install(demo, '--save-dev', tarball);
  await install(demo);
});

afterEach(nothingIsLeft);

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

/** Waits until no process of the project lives and no cluster has a folder. */
async function nothingIsLeft(): Promise<void> {
  const clusters = place.path('demo/.sparkctl/clusters');
  const left = () => [
    ...processesMentioning(demo),
    ...(existsSync(clusters) ? readdirSync(clusters).map((name) => `folder ${name}`) : []),
  ];
  const gone = () => (left().length === 0 ? true : undefined);
  expect(await waitUntil(gone, { timeoutMs: 60_000, intervalMs: 250 }), left().join('\n')).toBe(true);
}

/** Runs a command of the project, which knows nothing of the vitest that runs this test. */
async function run(file: string, ...words: readonly string[]) {
  const environment = Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$|^NODE_ENV$/.test(name));
  const { exitCode, all, signal } = await execa(file, words, {
    cwd: demo,
    env: { ...Object.fromEntries(environment), NO_COLOR: '1' },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return { exitCode, signal, all };
}

describe('the project that sparkctl init makes', () => {
  it('passes its tests, the files beside each other', async () => {
    const { exitCode, all } = await run('npm', 'test', '--', '--maxWorkers=2');
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/Tests +5 passed \(5\)/);
  });

  it('passes them in threads', async () => {
    const { exitCode, all } = await run('npx', 'vitest', 'run', '--pool=threads', 'totals');
    expect(exitCode, all).toBe(0);
    // Node's word for a file that a thread closes twice, the second time another's.
    expect(all).not.toContain('unmanaged mode');
    expect(all).toMatch(/Tests +2 passed \(2\)/);
  });

  it.each([
    ['the process of its test file', '--pool=forks'],
    ['the process of all test files', '--pool=threads'],
  ])('leaves nothing where a test kills %s with SIGKILL', async (_which, pool) => {
    await place.write(
      'demo/tests/killed.test.ts',
      `import { writeFileSync } from 'node:fs';
import { sparkTest } from 'sparkctl/vitest';
const test = sparkTest();
test('ends all at once', async ({ spark }) => {
  writeFileSync('killed-on', spark.cluster.name);
  process.kill(process.pid, 'SIGKILL');
});
`,
    );
    const { exitCode, signal, all } = await run('npx', 'vitest', 'run', 'killed', pool);
    expect(readFileSync(place.path('demo/killed-on'), 'utf8'), all).toMatch(/^shared-/);
    await rm(place.path('demo/killed-on'));
    expect(exitCode === 0 && signal === undefined, all).toBe(false);
    await nothingIsLeft();
  });
});
