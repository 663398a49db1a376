import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AnswerName, answers } from '../../src/operations/answers/answers.ts';
import { createRunFolder, writeRun } from '../../src/run/record/run-store.ts';
import { aRun } from '../run/a-run.ts';
import { commandsWithJson, faultsOf, needSpark } from '../support/answers.ts';
import { makePeople, peopleManifest } from '../support/people-job.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
const [older, newer] = ['etl-20260131-120000-aaaaaa', 'etl-20260131-130000-bbbbbb'];

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  for (const id of [older, newer]) {
    await createRunFolder(project.folder, id);
    await writeRun(aRun({ project: project.folder, id, exitCode: 0, durationMs: id === older ? 1 : 2 }));
    await project.write(`.sparkctl/runs/${id}/stdout.log`, 'a line\nanother\n');
  }
  mkdirSync(project.path('.sparkctl/runs/not-a-run'));
  await project.write('jobs/load.py', '');
  const dataset = 'dataset: { name: users, rows: 10, seed: 1 }\ninput: { path: data/users.jsonl }\n';
  await project.write('jobs/load.yaml', `${dataset}${peopleManifest}`);
  await makePeople(project, '(1, 30), (2, -1)');
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** The command lines that are tried, each with the answer that it gives and the exit code with which it ends. */
const asked: readonly {
  readonly words: readonly string[];
  readonly answer: AnswerName;
  readonly code?: number;
}[] = [
  {
    words: ['submit', '--dry-run', '--master', 'local[1]', '--no-manifest', 'jobs/load.py'],
    answer: 'submit-planned',
  },
  { words: ['init', 'demo'], answer: 'init' },
  { words: ['runs', 'list'], answer: 'runs-list' },
  { words: ['runs', 'show'], answer: 'run' },
  { words: ['runs', 'wait', newer], answer: 'run' },
  { words: ['runs', 'kill', newer], answer: 'run' },
  { words: ['runs', 'diff', older, newer], answer: 'runs-diff' },
  { words: ['runs', 'logs', older], answer: 'runs-logs' },
  { words: ['runs', 'prune', '--dry-run', '--keep', '1'], answer: 'runs-prune' },
  { words: ['cluster', 'list'], answer: 'cluster-list' },
  { words: ['cluster', 'down'], answer: 'cluster-down' },
  { words: ['generate', 'jobs/load.py'], answer: 'generate' },
  { words: ['check', 'jobs/load.py'], answer: 'check', code: 65 },
  { words: ['doctor'], answer: 'doctor' },
];

it.each(asked)('the answer of $words is as its schema says', async ({ words, answer, code = 0 }) => {
  const own = words[0] === 'submit' ? 1 : words.length;
  const given = [...words.slice(0, own), '--json', ...words.slice(own)];
  const { stdout, stderr, exitCode } = await sparkctl(given, { cwd: project.folder });
  expect(exitCode, stderr).toBe(code);
  const values = answer === 'runs-logs' ? stdout.trimEnd().split('\n') : [stdout];
  for (const value of values) expect(faultsOf(answer, JSON.parse(value)), value).toEqual([]);
});

it('every command that has --json is asked here or with Spark, and is in the table of answers', () => {
  const commands = commandsWithJson();
  expect(commands.length).toBeGreaterThan(15);
  const here = asked.map(({ words }) =>
    words.slice(0, /^(?:runs|cluster)$/.test(words[0] ?? '') ? 2 : 1).join(' '),
  );
  expect([...new Set([...here, ...needSpark])].sort()).toEqual([...commands].sort());
  const listed = Object.values(answers).flatMap(({ of }) =>
    of.map((command) => command.replace(/ --.*$/, '')),
  );
  expect([...new Set(listed)].sort()).toEqual([...commands].sort());
});

it('events are as their schema says', async () => {
  const { stderr } = await sparkctl(['generate', '--progress', 'json', '--rows', '11', 'jobs/load.py'], {
    cwd: project.folder,
  });
  const events = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ kind }) => kind)).toContain('phase-finished');
  for (const event of events) expect(faultsOf('event', event), JSON.stringify(event)).toEqual([]);
});

it('a field that the schema does not name is found, and one that is missing', () => {
  const record = aRun();
  expect(faultsOf('run', record)).toEqual([]);
  expect(faultsOf('run', { ...record, mood: 'good' })).toEqual([expect.stringContaining('mood')]);
  expect(faultsOf('run', { ...record, checks: [{ ...record.checks[0], mood: 'good' }] })).toEqual([
    expect.stringContaining('/checks/0'),
  ]);
  const { state: _, ...stateless } = record;
  expect(faultsOf('run', stateless)).toEqual([expect.stringContaining('state')]);
});
