import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countingPrograms } from '../support/counting-programs.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

it('one submission asks Java once what it is, and no Python where the runtime is there', async () => {
  await using project = temporaryProject();
  const spark = testInstallation();
  const [java, runtime] = await Promise.all([spark.java(), spark.runtime()]);
  const programs = await countingPrograms(project, {
    java: `exec ${join(java.home, 'bin', 'java')} "$@"`,
    python: `exec ${runtime.python} "$@"`,
  });
  await project.write('hello.py', 'print("hello")\n');
  const words = ['submit', '--backend', 'local', '--workers', '1', 'hello.py'];
  const { exitCode, stdout, stderr } = await sparkctl(words, {
    cwd: project.folder,
    env: programs.environment,
  });
  expect([exitCode, stdout], stderr).toEqual([0, 'hello\n']);
  expect([programs.probes('java'), programs.probes('python')]).toEqual([1, 0]);
});
