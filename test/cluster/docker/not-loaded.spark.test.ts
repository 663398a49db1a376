import { expect, it } from 'vitest';
import { loadedBy } from '../../support/loaded-modules.ts';
import { temporaryProject } from '../../support/temporary-project.ts';

it('a local submission does not load the client of Docker, whether a daemon runs or not', async () => {
  await using project = temporaryProject();
  await project.write('hello.py', 'print("hello")\n');
  const { own, packages } = await loadedBy(['submit', '--workers', '1', 'hello.py'], project);
  expect(packages).toContain('commander');
  expect(packages).not.toContain('dockerode');
  expect(own).toContain('cluster/local/local-backend.js');
  expect(own.filter((path) => path.startsWith('cluster/docker/')).sort()).toEqual([
    'cluster/docker/cluster-record.js',
    'cluster/docker/docker-endpoint.js',
    'cluster/docker/docker-presence.js',
    'cluster/docker/plan/labels.js',
  ]);
});
