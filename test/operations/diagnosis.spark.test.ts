import { afterAll, beforeAll, describe, it } from 'vitest';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { expectDiagnosed, failureNames } from './diagnosis-contract.ts';

describe('a script that fails', () => {
  let project: TemporaryProject;
  beforeAll(async () => {
    project = temporaryProject();
    await project.write('package.json', '{}');
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each(failureNames)('%s: is told what it means', async (name) => {
    await expectDiagnosed(project, name, ['--master', 'local[1]']);
  });
});
