import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectFiles } from '../../src/operations/init.ts';
import { sparkctlVersion } from '../../src/system/package.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let place: TemporaryProject;
beforeEach(() => {
  place = temporaryProject();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

const init = (...words: readonly string[]) => sparkctl(['init', ...words], { cwd: place.folder });
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

describe('init', () => {
  it('makes the example project in a new folder, and says what to type next', async () => {
    const { stdout, stderr, exitCode } = await init('my demo');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Made my demo:\n  package.json\n  .gitignore\n');
    expect(stdout.slice(stdout.indexOf('Next:'))).toBe(
      "Next:\n  cd 'my demo'\n  npm install\n  npm test\n  npx sparkctl submit jobs/totals.py\n",
    );
    expect(filesIn(place.path('my demo')).sort()).toEqual([...projectFiles].sort());
    for (const path of projectFiles.filter((each) => each !== 'package.json'))
      expect(readFileSync(place.path('my demo', path), 'utf8'), path).toBe(
        readFileSync(join(repository, 'examples', path.replace(/^\./, '')), 'utf8'),
      );
    const { name, devDependencies } = JSON.parse(readFileSync(place.path('my demo/package.json'), 'utf8'));
    expect(name).toBe('my-demo');
    expect(devDependencies.sparkctl).toBe(`^${sparkctlVersion}`);
  });

  it('makes it here, where nothing is in its way, with manifests that are right', async () => {
    await place.write('notes.txt', 'mine');
    const { stdout, exitCode } = await init();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Made a project here:\n');
    expect(stdout).not.toContain('cd ');
    for (const job of ['jobs/totals.py', 'jobs/users.py']) {
      const words = ['submit', '--dry-run', '--master', 'local[1]', job];
      const plan = await sparkctl(words, { cwd: place.folder });
      expect(plan.exitCode, plan.stderr).toBe(0);
    }
  });

  it('overwrites nothing, names what is there, and writes nothing then', async () => {
    await place.write('demo/jobs/totals.py', 'mine');
    symlinkSync('nowhere', place.path('demo/package.json'));
    const { stderr, exitCode } = await init('demo');
    expect(stderr).toBe(
      `sparkctl: 2 files would be overwritten in ${place.path('demo')}: package.json, jobs/totals.py.\n  Hint: Name a new folder, such as: sparkctl init demo. Nothing was written.\n`,
    );
    expect(exitCode).toBe(73);
    expect(filesIn(place.path('demo')).sort()).toEqual(['jobs/totals.py', 'package.json']);
    expect(readFileSync(place.path('demo/jobs/totals.py'), 'utf8')).toBe('mine');
  });

  it('ends with 73 where a file is in the place of the folder', async () => {
    await place.write('demo', 'a file');
    const { stderr, exitCode } = await init('demo');
    expect(stderr).toContain('cannot be written (ENOTDIR)');
    expect(exitCode).toBe(73);
  });

  it('shows with an example what it is for', async () => {
    const { stdout } = await init('--help');
    expect(stdout).toContain('Example:\n  sparkctl init demo && cd demo && npm install && npm test\n');
  });
});

it('the example has no other file, but what its jobs and tests make', async () => {
  const { stdout } = await execa('git', ['ls-files', 'examples'], { cwd: repository });
  const tracked = stdout
    .split('\n')
    .map((path) => path.replace(/^examples\//, '').replace(/^gitignore$/, '.gitignore'));
  expect(tracked.sort()).toEqual([...projectFiles].sort());
});
