import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectWithCluster } from '../support/running-cluster.ts';
import { executorsSoon } from '../support/soon.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';
import { expectSecretsKept } from './secrets-contract.ts';

let project: TemporaryProject;

beforeAll(async () => {
  project = await projectWithCluster(1);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

it('keeps secrets to the driver alone', async () => {
  await expectSecretsKept(project, executorsSoon);
});

it.each(['clusters', 'clusters/default', 'runs'])('keeps %s to its user', (folder) => {
  expect((statSync(project.path('.sparkctl', folder)).mode & 0o777).toString(8)).toBe('700');
});
