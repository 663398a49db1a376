import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countingPrograms } from '../support/counting-programs.ts';
import { loadedBy } from '../support/loaded-modules.ts';
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
  const { stdout, counts, own, packages } = await loadedBy(words, project, programs.environment);
  expect(stdout).toBe('hello\n');
  expect([programs.probes('java'), programs.probes('python')]).toEqual([1, 0]);
  // The command itself, and the process that checks the result.
  expect(counts).toHaveLength(2);
  expect(Math.max(...counts)).toBeGreaterThan(50);
  expect(Math.max(...counts)).toBeLessThanOrEqual(210);
  // Whether a Docker daemon runs or not, its client is not needed.
  expect(packages).toContain('commander');
  expect(packages).not.toContain('dockerode');
  expect(own.filter((path) => path.startsWith('cluster/docker/')).sort()).toEqual([
    'cluster/docker/cluster-record.js',
    'cluster/docker/docker-endpoint.js',
    'cluster/docker/docker-presence.js',
    'cluster/docker/plan/labels.js',
  ]);
});
