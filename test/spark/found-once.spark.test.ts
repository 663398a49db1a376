import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { countingPrograms } from '../support/counting-programs.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

const manifest = `
script: hello.py
dataset: { name: users, rows: 10, seed: 1 }
input: { path: users.jsonl }
database: { path: a.db, table: { name: t, primaryKey: [id], columns: [{ name: id, type: integer }] } }
checks: [{ kind: schema }]
`;

it('one submission looks for Java once, for no Python where the runtime is there, and loads little of sparkctl', async () => {
  await using project = temporaryProject();
  const spark = testInstallation();
  const [java, runtime] = await Promise.all([spark.java(), spark.runtime()]);
  const programs = await countingPrograms(project, {
    java: `exec ${join(java.home, 'bin', 'java')} "$@"`,
    python: `exec ${runtime.python} "$@"`,
  });
  await project.write('hello.py', 'print("hello")\n');
  await project.write('hello.yaml', manifest);
  const words = ['submit', '--backend', 'auto', '--workers', '1', 'hello.py'];
  const { exitCode, stdout, stderr } = await sparkctl(words, {
    cwd: project.folder,
    env: {
      ...programs.environment,
      COUNT_MODULES: project.path('modules'),
      NODE_OPTIONS: `--import=${pathToFileURL(join(repository, 'test/support/count-modules.mjs')).href}`,
    },
  });
  expect([exitCode, stdout], stderr).toEqual([0, 'hello\n']);
  expect([programs.probes('java'), programs.probes('python')]).toEqual([1, 0]);
  const processes = readdirSync(project.folder)
    .filter((name) => name.startsWith('modules.'))
    .map((name) => readFileSync(project.path(name), 'utf8').trim().split('\n'));
  const dist = pathToFileURL(join(repository, 'dist')).href;
  const own = processes.map((urls) => urls.filter((url) => url.startsWith(dist)).length);
  // The command itself, and the process that checks the result.
  expect(own).toHaveLength(2);
  expect(Math.max(...own)).toBeGreaterThan(50);
  expect(Math.max(...own)).toBeLessThanOrEqual(140);
  expect(processes.flat().filter((url) => url.includes('/node_modules/dockerode/'))).toEqual([]);
});
