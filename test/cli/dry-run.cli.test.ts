import { afterEach, beforeEach, expect, test } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

beforeEach(() => {
  project = temporaryProject();
});

afterEach(async () => {
  await project[Symbol.asyncDispose]();
});

const dryRun = (...words: readonly string[]) =>
  sparkctl(['submit', '--dry-run', '--master', 'local[1]', ...words], { cwd: project.folder });

test('the numbers of the command line are those that would be generated', async () => {
  await project.write('job.py', '');
  await project.write('job.yaml', 'dataset: { name: users, rows: 100, seed: 1 }\ninput: { path: a.jsonl }\n');
  const { exitCode, stderr } = await dryRun('--rows', '5', 'job.py');
  expect(stderr).toContain(`Would generate 5 rows of users into ${project.path('a.jsonl')}\n`);
  expect(exitCode).toBe(0);
  const none = await dryRun('--no-manifest', '--rows', '5', 'job.py');
  expect(none.stderr).toContain('--rows and --seed need a job with a dataset, and job has none.');
  expect(none.exitCode).toBe(64);
});

test('an address of a file is its path', async () => {
  await project.write('a job.py', '');
  const { exitCode, stdout } = await dryRun(`file://${project.folder}/a%20job.py`);
  expect(stdout).toContain(`'${project.path('a job.py')}'\n`);
  expect(exitCode).toBe(0);
});

test('the folder of a project stands in arguments as it is, whatever its name', async () => {
  await project.write("$&$'${x}/package.json", '{}');
  await project.write("$&$'${x}/job.py", '');
  await project.write("$&$'${x}/job.yaml", 'arguments: ["--into=${artifacts}"]\n');
  const words = ['submit', '--dry-run', '--master', 'local[1]', 'job.py'];
  const { stdout } = await sparkctl(words, { cwd: project.path("$&$'${x}") });
  expect(stdout.replaceAll(`'\\''`, "'")).toContain(`--into=${project.folder}/$&$'\${x}/.sparkctl/runs/job-`);
});

test('addresses of folders and scripts are encoded, so that Spark takes every letter for itself', async () => {
  await project.write('a#b%41 ü/package.json', '{}');
  await project.write('a#b%41 ü/job.py', '');
  const words = ['submit', '--dry-run', '--master', 'local[1]', 'job.py'];
  const { stdout } = await sparkctl(words, { cwd: project.path('a#b%41 ü') });
  const address = `file://${project.folder}/a%23b%2541%20%C3%BC`;
  expect(stdout).toContain(`spark.eventLog.dir=${address}/.sparkctl/runs/job-`);
  expect(stdout).toContain(` ${address}/job.py\n`);
});
