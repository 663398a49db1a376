import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly remedy?: string;
}

async function doctor(environment: Readonly<Record<string, string | undefined>> = {}) {
  const { exitCode, stdout } = await sparkctl(['doctor', '--json'], {
    cwd: project.folder,
    env: environment,
  });
  const { schemaVersion, canRun, findings } = JSON.parse(stdout);
  expect(schemaVersion).toBe(1);
  const of = (name: string): Finding => findings.find((finding: Finding) => finding.name === name);
  return { exitCode, canRun, findings: findings as Finding[], of };
}

describe('doctor', () => {
  it('finds all that jobs need, and makes nothing', async () => {
    const { exitCode, canRun, findings, of } = await doctor();
    expect([exitCode, canRun], JSON.stringify(findings)).toEqual([0, true]);
    for (const name of [
      'Node',
      'Java',
      'SQLite',
      'Memory',
      'Project folder',
      'Cache folder',
      'Backend local',
    ])
      expect(of(name)).toMatchObject({ state: 'good', found: expect.stringMatching(/\S/) });
    expect(existsSync(project.path('.sparkctl'))).toBe(false);
  });

  it('ends with 69 where no job could run, and names the way out of each thing', async () => {
    const nothing = {
      PATH: '/nowhere',
      SPARKCTL_CACHE: project.path('no-cache'),
      SPARKCTL_PYTHON: undefined,
      SPARKCTL_JAVA_FOLDERS: project.path('no-java'),
      JAVA_HOME: '/nowhere/java',
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
      SSL_CERT_FILE: '/nowhere/ca.pem',
    };
    const { exitCode, canRun, findings, of } = await doctor(nothing);
    expect([exitCode, canRun]).toEqual([69, false]);
    expect(of('Backend local')).toMatchObject({ state: 'bad', found: expect.stringContaining('Python') });
    expect(of('Backend docker')).toMatchObject({
      state: 'bad',
      found: expect.stringContaining('/nowhere/docker.sock'),
    });
    expect(of('Java')).toMatchObject({ state: 'warning', found: expect.stringContaining('JAVA_HOME') });
    expect(of('Certificates')).toMatchObject({ state: 'warning', found: '/nowhere/ca.pem cannot be read' });
    for (const finding of findings.filter(({ state }) => state !== 'good'))
      expect(finding.remedy, finding.name).toMatch(/\S/);
    expect(existsSync(project.path('no-cache'))).toBe(false);

    const { stdout, exitCode: again } = await sparkctl(['doctor'], { cwd: project.folder, env: nothing });
    expect(again).toBe(69);
    expect(stdout).toMatch(/^✗ Backend local +No .*Python/m);
    expect(stdout.endsWith('\nJobs cannot run here yet.\n')).toBe(true);
  });

  it('counts one backend that works as enough', async () => {
    const { exitCode, of } = await doctor({ DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(exitCode).toBe(0);
    expect(of('Backend docker')).toMatchObject({ state: 'warning' });
  });
});
