import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunFolder, writeRun } from '../../src/run/record/run-store.ts';
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

/** Programs that complete a line, their argument, in the real shell, and print the line or the word that comes of it. */
const shells = {
  bash: 'source completion.bash; read -ra COMP_WORDS <<<"$1"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sparkctl; printf "%s\n" "${COMPREPLY[@]}"',
  // A terminal of its own, in which Tab is pressed, and then a key that shows the line.
  zsh: `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -U compinit; compinit -u -D; source completion.zsh; show() { print -r -- "<$BUFFER>" }; zle -N show; bindkey "^T" show; echo rea""dy'
zpty -r shell seen '*ready*'
zpty -w -n shell "$1"$'\t\x14'
zpty -r shell seen '*<*>*'
print -r -- "\${\${seen##*<}%%>*}"
zpty -d shell`,
  fish: 'source completion.fish; complete -C "$argv[1]"',
};
const isHere = (shell: string) => execaSync(shell, ['-c', 'exit'], { reject: false }).exitCode === 0;

describe.each(Object.keys(shells) as (keyof typeof shells)[])('%s, really run,', (shell) => {
  const here = isHere(shell);
  it
    .runIf(here)
    .each([
      ['sparkctl runs show et', run],
      ['sparkctl submit --skip-', '--skip-checks'],
      ['sparkctl cluster sc', 'scale'],
      ...(shell === 'bash' ? [] : [['sparkctl submit jobs/e', 'jobs/etl.py']]),
    ])('completes "%s" with %s', async (line, expected) => {
    await project.write('jobs/etl.py', '');
    const { stdout: script } = await sparkctl(['completion', shell], { cwd: project.folder });
    await project.write(`completion.${shell}`, script);
    const path = `${project.path('bin')}:${process.env['PATH']}`;
    const given =
      shell === 'fish' ? ['--no-config', '-c', shells.fish, line] : ['-c', shells[shell], shell, line];
    const options = { cwd: project.folder, env: { PATH: path, HOME: project.folder }, timeout: 25_000 };
    const { stdout } = await execa(shell, given, options);
    expect(stdout.trim().split(' ').at(-1)).toBe(expected);
  });

  if (!here) it.skip('is not on this machine, so its completion was not run: apt-get install zsh fish');
});

it('a shell that is not known is named', async () => {
  const { exitCode, stderr } = await sparkctl(['completion', 'tcsh'], { cwd: project.folder });
  expect(exitCode).toBe(64);
  expect(stderr).toContain('bash, zsh, fish');
});
