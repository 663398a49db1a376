import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { runsFolder } from '../../src/run/record/run-store.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { aClusterRecord, deadOwner, ownerElsewhere, writeRunRecord } from '../support/strange-records.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

const good = 'etl-20260131-120000-aaaaaa';
const other = 'etl-20260131-120001-bbbbbb';

/** No Docker daemon is asked, and temporary files are the project's own. */
function strictly(project: TemporaryProject) {
  mkdirSync(project.path('tmp'), { recursive: true });
  const env = { DOCKER_HOST: 'unix:///nowhere.sock', TMPDIR: project.path('tmp') };
  return (...words: readonly string[]) => sparkctl(words, { cwd: project.folder, env });
}

describe('records that cannot be trusted', { timeout: 60_000 }, () => {
  it('delete no folder that a run calls its id', async () => {
    await using project = temporaryProject();
    const run = strictly(project);
    const treasure = await project.write('victim/treasure', 'gold');
    const secret = await project.write('victim/driver-x.properties', 'secret');
    const owner = await deadOwner();
    await writeRunRecord(project, { id: 'x/../../victim', state: 'running', owner }, 'x');
    await writeRunRecord(project, { id: '../../../victim', state: 'running', owner }, other);
    const cluster = {
      name: '../../victim',
      backend: 'local',
      master: 'spark://x',
      ephemeral: true,
      reason: 'so',
    } as const;
    await writeRunRecord(project, { id: 'x', state: 'running', owner, cluster }, 'y');
    const listed = await run('cluster', 'list');
    expect(listed, listed.stderr).toMatchObject({ exitCode: 0 });
    expect(readFileSync(treasure, 'utf8')).toBe('gold');
    expect(readFileSync(secret, 'utf8')).toBe('secret');
  });

  it.each([
    ['half of it', '{"schemaVersion": 1, "id": "etl'],
    ['the output of a script', 'hello\n'],
    ['another type', '[]'],
    ['another run', JSON.stringify({ id: good })],
  ])('are named and passed over, and the others are listed: %s', async (_, content) => {
    await using project = temporaryProject();
    const run = strictly(project);
    await writeRunRecord(project, { id: good });
    const damaged = [
      await project.write(`.sparkctl/runs/${other}/run.json`, content),
      await project.write('.sparkctl/clusters/torn/cluster.json', content),
      await project.write('.sparkctl/clusters/torn/docker.json', content),
    ];
    const runs = await run('runs', 'list');
    expect(runs, runs.stderr).toMatchObject({ exitCode: 0 });
    expect(runs.stdout).toContain(good);
    expect(runs.stderr).toContain(damaged[0]);
    const json = await run('runs', 'list', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ runs: [{ id: good }], damaged: [{ path: damaged[0] }] });
    const clusters = await run('cluster', 'list');
    expect(clusters, clusters.stderr).toMatchObject({ exitCode: 0 });
    expect(clusters.stderr).toContain(damaged[1]);
    const status = await run('cluster', 'status', '--cluster', 'torn');
    expect(status, status.stderr).toMatchObject({ exitCode: 69 });
    expect(status.stderr).toContain(damaged[2]);
    expect(await run('runs', 'show', other)).toMatchObject({
      exitCode: 66,
      stderr: expect.stringContaining(damaged[0] ?? ''),
    });
    for (const path of damaged) expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('are not read through a link', async () => {
    await using project = temporaryProject();
    await using elsewhere = temporaryProject();
    const run = strictly(project);
    const record = await writeRunRecord(elsewhere, { id: good, state: 'running', owner: await deadOwner() });
    const before = readFileSync(record, 'utf8');
    await writeRunRecord(project, { id: other });
    symlinkSync(`${runsFolder(elsewhere.folder)}/${good}`, `${runsFolder(project.folder)}/${good}`);
    await run('cluster', 'list');
    const listed = await run('runs', 'list');
    expect(listed.stdout).toContain(other);
    expect(listed.stdout).not.toContain(good);
    expect(listed.stderr).toContain('symbolic link');
    expect(readFileSync(record, 'utf8')).toBe(before);
  });
});

describe('text in records', { timeout: 60_000 }, () => {
  it('never reaches a terminal as it is', async () => {
    await using project = temporaryProject();
    const run = strictly(project);
    const text = 'a\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eb';
    await writeRunRecord(project, {
      state: 'failed',
      message: text,
      hint: text,
      job: { name: text, script: text, manifest: text, arguments: [text] },
      applicationIds: [text],
      versions: { sparkctl: text, node: text },
      command: [text],
      phases: [{ id: text, title: text, durationMs: 1, outcome: 'done', summary: text }],
      checks: [{ kind: 'x', name: text, status: 'failed', expected: text, found: text, detail: text }],
      metrics: { [text]: 1 },
      links: { history: text },
      database: { path: text, table: text },
      cluster: { name: text, backend: 'external', master: text, ephemeral: false, reason: text },
    });
    await writeRunRecord(project, { id: other });
    await project.write('.sparkctl/runs/\u001b[2Jx/run.json', text);
    for (const words of [['list'], ['show', good], ['show', good, '--json'], ['diff', good, other]]) {
      const { exitCode, stdout, stderr } = await run('runs', ...words);
      expect(exitCode, stderr).toBe(0);
      expect(stdout + stderr, words.join(' ')).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
    }
  });
});

describe('runs and clusters of another host', { timeout: 60_000 }, () => {
  it('are left alone, and shown as elsewhere', async () => {
    await using project = temporaryProject();
    const run = strictly(project);
    const owner = await ownerElsewhere();
    const record = await writeRunRecord(project, { id: good, state: 'running', owner });
    const scratch = await project.write(`tmp/sparkctl-driver-${good}/x`, '');
    const before = readFileSync(record, 'utf8');
    const cluster = await project.write(
      '.sparkctl/clusters/far/cluster.json',
      JSON.stringify(aClusterRecord('far', owner)),
    );
    const clusters = await run('cluster', 'list');
    expect(clusters.stdout).toMatch(/^far +local +elsewhere/m);
    expect((await run('cluster', 'status', '--cluster', 'far')).stdout).toContain('on host another');
    expect((await run('runs', 'list')).stdout).toMatch(new RegExp(`^${good} +running elsewhere`, 'm'));
    expect(JSON.parse((await run('runs', 'list', '--json')).stdout)).toMatchObject({
      runs: [{ id: good, state: 'running', elsewhere: true }],
    });
    for (const words of [['down'], ['scale', '2'], ['up', '--backend', 'local']]) {
      const refused = await run('cluster', ...words, '--cluster', 'far');
      expect(refused.exitCode, words.join(' ')).toBe(69);
      expect(refused.stderr, words.join(' ')).toContain('belongs to a sparkctl on host another');
    }
    expect(readFileSync(record, 'utf8')).toBe(before);
    expect(existsSync(cluster)).toBe(true);
    expect(existsSync(scratch)).toBe(true);
  });
});

describe('what is left of a run', { timeout: 60_000 }, () => {
  it('is removed by the next command also where the run is over', async () => {
    await using project = temporaryProject();
    const run = strictly(project);
    const owner = await deadOwner();
    await writeRunRecord(project, { id: good, state: 'killed', owner });
    await writeRunRecord(project, { id: other, state: 'killed', owner: await ownerElsewhere() });
    const scratch = await project.write(`tmp/sparkctl-driver-${good}/x`, '');
    const secret = await project.write(`.sparkctl/runs/${good}/driver-${good}.properties`, 'secret');
    const foreign = await project.write(`tmp/sparkctl-driver-${other}/x`, '');
    const driver = execa('sleep', ['600'], { env: { SPARKCTL_MARK: good }, reject: false });
    expect(await run('cluster', 'list')).toMatchObject({ exitCode: 0 });
    expect((await driver).signal).toBe('SIGTERM');
    expect([scratch, secret, foreign].map((path) => existsSync(path))).toEqual([false, false, true]);
  });

  it('does not need a descriptor a run', async () => {
    await using project = temporaryProject();
    for (let second = 0; second < 60; second++)
      for (let minute = 0; minute < 10; minute++) {
        const [mm, ss] = [minute, second].map((number) => String(number).padStart(2, '0'));
        await writeRunRecord(project, { id: `etl-20260131-00${mm}${ss}-aaaaaa`, owner: await deadOwner() });
      }
    const command = [process.execPath, `${repository}/bin/sparkctl.js`, 'runs', 'list'];
    const { exitCode, stdout, stderr } = await execa(
      'sh',
      ['-c', 'ulimit -n 200; exec "$@"', 'sh', ...command],
      {
        cwd: project.folder,
        reject: false,
      },
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout.split('\n')).toHaveLength(601);
  });
});
