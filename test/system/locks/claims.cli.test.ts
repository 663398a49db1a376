import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Claim, Claims, holdersOf, stopHolder } from '../../../src/system/locks/claims.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { repository } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';

const target = (name: string): Claim => ({ kind: 'target', name });
const input = (name: string, sharedAs?: string): Claim => ({
  kind: 'input',
  name,
  ...(sharedAs !== undefined && { sharedAs }),
});
const signal = new AbortController().signal;

function claimsOf(project: TemporaryProject, run: string, onStopWanted = (_by: string) => {}) {
  let reclaimed = 0;
  const claims = new Claims({
    project: project.folder,
    run,
    reclaim: async () => void reclaimed++,
    onStopWanted,
  });
  return { claims, reclaimed: () => reclaimed };
}

const runsOf = (conflicts: Awaited<ReturnType<Claims['tryToAdd']>>) =>
  conflicts.map(({ holder, wanted }) => [holder.run, wanted.name]).sort();

/** A process that holds a claim until its stdin ends, or until it is asked to stop. */
async function holderProcess(project: TemporaryProject, run: string, claim: Claim) {
  const script = `
    const { Claims } = await import(${JSON.stringify(pathToFileURL(join(repository, 'dist/system/locks/claims.js')).href)});
    const claims = new Claims({
      project: ${JSON.stringify(project.folder)}, run: ${JSON.stringify(run)}, reclaim: async () => {},
      onStopWanted: async (by) => { console.log('stopped by ' + by); await claims[Symbol.asyncDispose](); process.exit(0); },
    });
    console.log(JSON.stringify(await claims.tryToAdd([${JSON.stringify(claim)}])));
    process.stdin.on('end', async () => { await claims[Symbol.asyncDispose](); process.exit(0); }).resume();
  `;
  const running = execa(process.execPath, ['--input-type=module', '-e', script], {
    stdin: 'pipe',
    reject: false,
  });
  onTestFinished(() => void running.kill('SIGKILL'));
  const [said] = (await Promise.race([
    new Promise((resolve) => running.stdout.once('data', (chunk) => resolve([String(chunk)]))),
    running.then(({ stderr }) => [stderr]),
  ])) as [string];
  return { running, said };
}

describe('claims', () => {
  it('of one target are held by one run, whichever claims more beside it', async () => {
    await using project = temporaryProject();
    await using first = claimsOf(project, 'run-1').claims;
    expect(await first.tryToAdd([target('/data/a.db')])).toEqual([]);
    await using second = claimsOf(project, 'run-2').claims;
    expect(runsOf(await second.tryToAdd([input('/data/in'), target('/data/a.db')]))).toEqual([
      ['run-1', '/data/a.db'],
    ]);
    // None of them was taken, so that nobody waits for somebody who waits.
    await using third = claimsOf(project, 'run-3').claims;
    expect(await third.tryToAdd([input('/data/in')])).toEqual([]);
    await first[Symbol.asyncDispose]();
    expect(await second.tryToAdd([target('/data/a.db')])).toEqual([]);
  });

  it('of one version of an input are shared, and those of another exclude them', async () => {
    await using project = temporaryProject();
    await using first = claimsOf(project, 'run-1').claims;
    await using second = claimsOf(project, 'run-2').claims;
    await using third = claimsOf(project, 'run-3').claims;
    expect(await first.tryToAdd([input('/data/users.jsonl', 'seed 1')])).toEqual([]);
    expect(await second.tryToAdd([input('/data/users.jsonl', 'seed 1')])).toEqual([]);
    expect(runsOf(await third.tryToAdd([input('/data/users.jsonl', 'seed 2')]))).toEqual([
      ['run-1', '/data/users.jsonl'],
      ['run-2', '/data/users.jsonl'],
    ]);
    expect(await third.tryToAdd([target('/data/users.jsonl')])).toEqual([]);
  });

  it('of a folder are of all that is in it, and of nothing beside it', async () => {
    await using project = temporaryProject();
    await using first = claimsOf(project, 'run-1').claims;
    await using second = claimsOf(project, 'run-2').claims;
    expect(await first.tryToAdd([input('/data/in', 'as it is')])).toEqual([]);
    expect(runsOf(await second.tryToAdd([input('/data/in/users.jsonl', 'seed 1')]))).toHaveLength(1);
    expect(await second.tryToAdd([input('/data/in2/users.jsonl', 'seed 1')])).toEqual([]);
    expect(runsOf(await second.tryToAdd([input('/data', 'seed 1')]))).toHaveLength(1);
  });

  it('are free again when their holder is killed, after what it left was ended', async () => {
    await using project = temporaryProject();
    const { running, said } = await holderProcess(project, 'run-1', target('/data/a.db'));
    expect(said).toBe('[]\n');
    const { claims, reclaimed } = claimsOf(project, 'run-2');
    await using second = claims;
    expect(runsOf(await second.tryToAdd([target('/data/a.db')]))).toEqual([['run-1', '/data/a.db']]);
    expect(reclaimed()).toBe(0);
    running.kill('SIGKILL');
    await running;
    expect(await second.tryToAdd([target('/data/a.db')])).toEqual([]);
    expect(reclaimed()).toBe(1);
    await second[Symbol.asyncDispose]();
    expect(await readdir(project.path('.sparkctl', 'locks'))).toEqual([]);
  });

  it('of a process on another host are respected, and say which file to remove', async () => {
    await using project = temporaryProject();
    const path = await project.write(
      '.sparkctl/locks/far.json',
      JSON.stringify({
        schemaVersion: 1,
        run: 'run-far',
        owner: { pid: 1, startedAt: '1', host: 'far away', boot: 'another', pidNamespace: 'pid:[1]' },
        claims: [target('/data/a.db')],
      }),
    );
    const { claims, reclaimed } = claimsOf(project, 'run-1');
    await using first = claims;
    const [conflict] = await first.tryToAdd([target('/data/a.db')]);
    expect(conflict?.holder).toMatchObject({ run: 'run-far', liveness: 'elsewhere', path });
    expect(reclaimed()).toBe(0);
  });

  it('take nothing from a file that no sparkctl wrote', async () => {
    await using project = temporaryProject();
    for (const [name, content] of [
      ['half.json', '{"schemaVersion":1,"run":"run-'],
      ['words.json', '"target"'],
      ['bad.json', JSON.stringify({ schemaVersion: 1, run: '\u001b[31m', owner: {}, claims: [] })],
    ] as const)
      await project.write(join('.sparkctl/locks', name), content);
    await using first = claimsOf(project, 'run-1').claims;
    expect(await first.tryToAdd([target('/data/a.db')])).toEqual([]);
  });

  it('are given to one at a time, however many ask', async () => {
    await using project = temporaryProject();
    const all = Array.from({ length: 8 }, (_, number) => claimsOf(project, `run-${number}`).claims);
    const answers = await Promise.all(all.map((each) => each.tryToAdd([target('/data/a.db')])));
    expect(answers.filter((conflicts) => conflicts.length === 0)).toHaveLength(1);
    await Promise.all(all.map((each) => each[Symbol.asyncDispose]()));
  });

  it('end when somebody wants the run to stop, who waits for it and is named', async () => {
    await using project = temporaryProject();
    const { running } = await holderProcess(project, 'run-1', {
      kind: 'cluster',
      name: 'c',
      sharedAs: 'use',
    });
    let printed = '';
    running.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const [holder] = await holdersOf(project.folder, { kind: 'cluster', name: 'c' });
    if (holder === undefined) throw new Error('nobody holds it');
    expect(holder.run).toBe('run-1');
    await stopHolder(project.folder, holder, 'a test', signal);
    expect(await holdersOf(project.folder, { kind: 'cluster', name: 'c' })).toEqual([]);
    await running;
    await waitUntil(() => (printed.includes('stopped by a test') ? true : undefined), { timeoutMs: 5000 });
    expect(printed).toContain('stopped by a test\n');
    expect(await readdir(project.path('.sparkctl', 'locks'))).toEqual([]);
  });
});
