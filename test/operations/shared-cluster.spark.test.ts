import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

type User = ReturnType<typeof start>;

let project: TemporaryProject;
/** The users that a test has started. */
let users: User[] = [];

beforeEach(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('job.py', 'print("done")\n');
  users = [];
});

afterEach(async () => {
  for (const { process: user } of users) user.kill('SIGKILL');
  await untilNothingIsLeft();
  await project[Symbol.asyncDispose]();
});

/** A program that takes part in a shared cluster, says so, and does something more. */
function startUser(
  then = 'await new Promise((resolve) => setTimeout(resolve, 600_000));',
  options = '{ workers: 1 }',
) {
  const program = `
    import { sharedCluster } from ${JSON.stringify(join(repository, 'dist/index.js'))};
    const cluster = await sharedCluster(${options}).catch((error) => {
      console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }));
      process.exit(3);
    });
    console.log(JSON.stringify({ name: cluster.name, master: cluster.master }));
    ${then}`;
  const user = start(program);
  users.push(user);
  return user;
}

function start(program: string) {
  const user = execa(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: project.folder,
    reject: false,
    stdin: 'ignore',
  });
  let text = '';
  user.stdout.on('data', (chunk) => {
    text += chunk;
  });
  // A subprocess is a promise of its end, so it is handed over in an object.
  return { process: user, text: () => text };
}

/** The first line of a user. */
async function said({ process: user, text }: User): Promise<Record<string, string>> {
  const line = await waitUntil(
    () => (text().includes('\n') ? text().split('\n')[0] : user.exitCode === null ? undefined : ''),
    { timeoutMs: 120_000 },
  );
  if (line) return JSON.parse(line);
  throw new Error(`it said nothing: ${(await user).stderr}`);
}

async function untilNothingIsLeft(): Promise<void> {
  const left = () => [
    ...processesMentioning(project.folder),
    ...(existsSync(clusters) ? readdirSync(clusters) : []),
  ];
  const clusters = project.path('.sparkctl/clusters');
  const gone = () => (left().length === 0 ? true : undefined);
  expect(await waitUntil(gone, { timeoutMs: 60_000, intervalMs: 250 }), left().join('\n')).toBe(true);
}

function keeperPid(name: string): number {
  return JSON.parse(readFileSync(project.path('.sparkctl/shared', name, 'keeper.json'), 'utf8')).keeper.pid;
}

describe('a shared cluster', () => {
  it('is one for all who ask for the same, and gone once they are killed in the middle of a run', async () => {
    await project.write('long.py', 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n');
    const first = startUser(`
      await cluster.submit('long.py', { onStdout: () => console.log('begun') });`);
    const second = startUser();
    const [one, other] = await Promise.all([said(first), said(second)]);
    expect(one).toEqual(other);
    const third = await said(startUser(undefined, '{ workers: 1, connect: false, backend: "auto" }'));
    expect(third).toEqual(one);
    const begun = () => (first.text().includes('begun') ? true : undefined);
    expect(await waitUntil(begun, { timeoutMs: 60_000 }), first.text()).toBe(true);
    for (const { process: user } of users) user.kill('SIGKILL');
    await untilNothingIsLeft();
  });

  it('goes with a handle that is disposed of, and starts anew for the next', async () => {
    const use = `
      const run = await cluster.submit('job.py');
      console.log(JSON.stringify({ state: run.state, start: run.driver.start }));
      await cluster[Symbol.asyncDispose]();`;
    const first = await startUser(use).process;
    expect(first.stdout).toContain('{"state":"succeeded","start":"warm"}');
    // Whether it is still on its way out or gone.
    const second = await startUser(use).process;
    expect(second.stdout).toContain('"state":"succeeded"');
    await untilNothingIsLeft();
  });

  it('whose keeper was killed goes with the next command', async () => {
    const user = startUser();
    const { name = '' } = await said(user);
    process.kill(keeperPid(name), 'SIGKILL');
    user.process.kill('SIGKILL');
    await user.process;
    const { stdout } = await sparkctl(['cluster', 'list'], { cwd: project.folder });
    expect(stdout).not.toContain(name);
    await untilNothingIsLeft();
  });

  it('that can not be started says why, to all who wait for it', async () => {
    const impossible = '{ workers: 1, workerMemoryMb: 100_000_000 }';
    // Several, since who asks just when its keeper ends must learn as much as the others.
    const users = Array.from({ length: 6 }, () => startUser('', impossible).process);
    for (const { exitCode, stdout } of await Promise.all(users)) {
      expect(exitCode).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        code: 'worker-memory-too-large',
        message: expect.stringMatching(
          /^A worker with 100,000,000 MiB of memory does not fit: this machine has /,
        ),
      });
    }
  });
});

it('keep-cluster is for the library alone', async () => {
  const { exitCode, stderr } = await sparkctl(['keep-cluster', 'shared-00000000'], { cwd: project.folder });
  expect(exitCode).toBe(64);
  expect(stderr).toContain('Nobody has asked for a shared cluster shared-00000000');
});
