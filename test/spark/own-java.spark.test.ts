import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownCache } from '../support/own-cache.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

it('a machine without any Java gets one, and a job ends verified', async () => {
  await using project = temporaryProject();
  await project.write('package.json', '{}');
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
  const env = {
    ...(await ownCache(project)),
    ...(await withoutJava(project)),
    SPARKCTL_CLASS_ARCHIVE: 'off',
  };
  const words = ['submit', '--backend', 'auto', '--workers', '1', '--rows', '1000', 'jobs/etl.py'];
  const first = await sparkctl(words, { cwd: project.folder, env });
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.stderr).toContain('No Java 17 or newer is here: installing one');
  expect(first.stderr).toMatch(/Java 25\..*\n(.*\n)*.* 5 of 5 held/);
  await project.write('hello.py', 'print("hello")\n');
  const again = await sparkctl(['submit', '--master', 'local[1]', 'hello.py'], { cwd: project.folder, env });
  expect([again.exitCode, again.stdout], again.stderr).toEqual([0, 'hello\n']);
  expect(again.stderr, 'it is installed once').not.toContain('installing one');
  const { stdout } = await sparkctl(['env'], { cwd: project.folder, env });
  expect(stdout).toContain(project.path('cache', 'java'));
});

it('says which Java did not fit when none can be installed', async () => {
  await using project = temporaryProject();
  await project.write('hello.py', 'print("hello")\n');
  await project.write('old/release', 'JAVA_VERSION="11.0.2"\n');
  await project.write('old/bin/java', '');
  const env = {
    ...(await ownCache(project)),
    ...(await withoutJava(project)),
    JAVA_HOME: project.path('old'),
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: project.folder,
    PIP_CONFIG_FILE: '/dev/null',
  };
  const words = ['submit', '--master', 'local[1]', 'hello.py'];
  const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder, env });
  expect(exitCode, stderr).toBe(69);
  expect(stderr).toContain('No Java 17 or newer was found, and none could be installed. Looked at:');
  expect(stderr).toContain('JAVA_HOME: version 11.0.2 is older than 17');
  expect(stderr).toContain('or set JAVA_HOME to it');
  expect(await readdir(project.path('cache', 'java')).then((names) => names.length)).toBe(1);
});

/** An environment in which there is no Java anywhere: all programs of PATH but those. */
async function withoutJava(project: TemporaryProject) {
  await project.write('programs/.keep', '');
  const seen = new Set<string>();
  for (const folder of (process.env['PATH'] ?? '').split(':'))
    for (const name of await readdir(folder).catch(() => [])) {
      if (seen.has(name) || /^(?:java|javac|keytool|jar)$/.test(name)) continue;
      seen.add(name);
      await symlink(join(folder, name), project.path('programs', name));
    }
  return { PATH: project.path('programs'), JAVA_HOME: undefined, SPARKCTL_JAVA_FOLDERS: '' };
}
