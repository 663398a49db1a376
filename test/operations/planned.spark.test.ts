import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { planSubmission } from '../../src/operations/submit.ts';
import { createRunFolder } from '../../src/run/record/run-store.ts';
import { repository } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

const moduleOf = (path: string) => JSON.stringify(pathToFileURL(join(repository, 'dist', path)).href);

const program = `
import { operationContext } from ${moduleOf('operations/context.js')};
import { submitPlanned } from ${moduleOf('operations/submit.js')};
const [project, id] = process.argv.slice(1);
const signal = new AbortController().signal;
const context = operationContext({ project, environment: process.env, emit: () => {}, signal });
console.log(JSON.stringify(await submitPlanned(id, context)));
process.exit();
`;

it('a plan that one process has made is executed by another', async () => {
  await using project = temporaryProject();
  await project.write('job.py', 'import sys\nprint("planned", *sys.argv[1:])\n');
  const sparkOptions = [{ name: '--master', value: 'local[1]' } as const];
  const { plan } = await planSubmission(
    { application: 'job.py', applicationArguments: ['elsewhere'], sparkOptions },
    testContext(project.folder),
  );
  const folder = await createRunFolder(project.folder, plan.id);
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  const words = ['--input-type=module', '--eval', program, project.folder, plan.id];
  const { stdout } = await execa(process.execPath, words);
  expect(JSON.parse(stdout)).toMatchObject({ id: plan.id, state: 'succeeded', exitCode: 0 });
  expect(readFileSync(join(folder, 'stdout.log'), 'utf8')).toBe('planned elsewhere\n');
});
