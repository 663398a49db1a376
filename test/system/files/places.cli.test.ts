import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { makeStateFolder } from '../../../src/system/files/places.ts';
import { sparkctl } from '../../support/sparkctl.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

it('git leaves out what sparkctl keeps in a project', async () => {
  await using project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('job.py', 'print("never")\n');
  const git = (...words: readonly string[]) => execa('git', words, { cwd: project.folder });
  await git('init', '--quiet');
  const { exitCode } = await sparkctl(['submit', '--backend', 'local', 'job.py'], {
    cwd: project.folder,
    env: { PATH: '/nowhere', SPARKCTL_PYTHON: undefined, SPARKCTL_CACHE: '/nowhere/cache' },
  });
  expect(exitCode).toBe(69);
  await git('add', '.');
  const { stdout } = await git('diff', '--cached', '--name-only');
  expect(stdout.split('\n')).toEqual(['job.py', 'package.json']);
}, 60_000);

it("a person's own .gitignore in there stays", async () => {
  await using project = temporaryProject();
  await project.write('.sparkctl/.gitignore', 'mine\n');
  await makeStateFolder(project.folder);
  expect(await readFile(project.path('.sparkctl/.gitignore'), 'utf8')).toBe('mine\n');
});
