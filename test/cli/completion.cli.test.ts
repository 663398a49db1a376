import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunFolder, writeRun } from '../../src/run/run-store.ts';
import { aRun } from '../run/a-run.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
const run = 'etl-20260131-120000-aaaaaa';

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  const record = aRun({ project: project.folder, id: run });
  await createRunFolder(project.folder, run);
  await writeRun(record);
  mkdirSync(project.path('.sparkctl/clusters/large'), { recursive: true });
  mkdirSync(project.path('bin'));
  symlinkSync(join(repository, 'bin/sparkctl.js'), project.path('bin/sparkctl'));
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function completed(...words: readonly string[]) {
  const { stdout, exitCode, stderr } = await sparkctl(['complete', '--', ...words], { cwd: project.folder });
  expect(exitCode, stderr).toBe(0);
  return stdout.trimEnd().split('\n');
}

describe('complete', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['ru'], ['words', 'runs']],
    [
      ['runs', 'di'],
      ['words', 'diff'],
    ],
    [
      ['runs', 'show', ''],
      ['words', run],
    ],
    [['runs', 'show', 'season'], ['words']],
    [
      ['runs', 'prune', '--o'],
      ['words', '--older-than'],
    ],
    [
      ['submit', '--backend', 'd'],
      ['words', 'docker'],
    ],
    [
      ['submit', '--cluster', ''],
      ['words', 'large'],
    ],
    [
      ['submit', '--skip'],
      ['words', '--skip-checks'],
    ],
    [['check', ''], ['files']],
    [
      ['check', '--st'],
      ['words', '--strict'],
    ],
    [
      ['generate', '--see'],
      ['words', '--seed'],
    ],
    [['init', ''], ['files']],
    [['submit', ''], ['files']],
    [['submit', '--rows', '10', 'jobs/e'], ['files']],
    [['submit', 'jobs/etl.py', '--ro'], ['files']],
    [['submit', '--py-files', ''], ['files']],
    [
      ['completion', ''],
      ['words', 'bash', 'zsh', 'fish'],
    ],
    [['nonsense', 'x'], ['words']],
  ])('%j', async (words, expected) => {
    expect(await completed(...words)).toEqual(expected);
  });

  it('names every command, but not itself', async () => {
    const [kind, ...words] = await completed('');
    expect(kind).toBe('words');
    expect(words).toEqual(
      expect.arrayContaining([
        'submit',
        'cluster',
        'runs',
        'check',
        'generate',
        'doctor',
        'env',
        'completion',
      ]),
    );
    expect(words).not.toContain('complete');
  });
});

it('bash completes a word with what its script was told', async () => {
  const { stdout: script } = await sparkctl(['completion', 'bash'], { cwd: project.folder });
  await project.write('completion.sh', script);
  const asked =
    'source completion.sh; COMP_WORDS=(sparkctl runs show et); COMP_CWORD=3; _sparkctl; printf "%s," "${COMPREPLY[@]}"';
  const path = `${project.path('bin')}:${process.env['PATH']}`;
  const { stdout } = await execa('bash', ['-c', asked], { cwd: project.folder, env: { PATH: path } });
  expect(stdout).toBe(`${run},`);
});

it('a shell that is not known is named', async () => {
  const { exitCode, stderr } = await sparkctl(['completion', 'tcsh'], { cwd: project.folder });
  expect(exitCode).toBe(64);
  expect(stderr).toContain('bash, zsh, fish');
});
