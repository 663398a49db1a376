import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AnswerName } from '../../src/operations/answers/answers.ts';
import { faultsOf, needSpark } from '../support/answers.ts';
import { executorsSoon } from '../support/soon.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
/** The commands whose answer was looked at. */
const asked = new Set<string>();

beforeAll(async () => {
  project = temporaryProject();
  await project.write('package.json', '{}');
  await project.write('failing.py', 'from pyspark import SparkContext\nsc = SparkContext()\n1 / 0\n');
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
});

afterAll(async () => {
  await sparkctl(['cluster', 'down', '--all', '--force'], { cwd: project.folder });
  await project[Symbol.asyncDispose]();
});

/** Asks a command, holds its answer and its events to their schemas, and returns the answer. */
async function answerOf(name: AnswerName, command: string, words: readonly string[] = [], code = 0) {
  const given = [...command.split(' '), '--json', ...words];
  const { stdout, stderr, exitCode } = await sparkctl(given, { cwd: project.folder });
  expect(exitCode, stderr).toBe(code);
  const value = JSON.parse(name === 'cluster-logs' ? (stdout.split('\n')[0] ?? '') : stdout);
  expect(faultsOf(name, value), stdout).toEqual([]);
  asked.add(command);
  if (!words.includes('json')) return { value, events: [] };
  const events = stderr
    .split('\n')
    .filter((line) => line.startsWith('{"kind"'))
    .map((line) => JSON.parse(line));
  for (const event of events) expect(faultsOf('event', event), JSON.stringify(event)).toEqual([]);
  return { value, events };
}

const events = ['--progress', 'json'] as const;
const one = ['--backend', 'local', '--workers', '1', '--worker-memory', '1g', '--no-standby'] as const;

it(
  'answers that need Spark are as their schemas say',
  async () => {
    await answerOf('env', 'env');
    const up = await answerOf('cluster-up', 'cluster up', [...one, '--connect', ...events]);
    expect(up.events.map(({ kind }) => kind)).toContain('backend-chosen');
    await answerOf('cluster', 'cluster status');
    await answerOf('cluster-list', 'cluster list');
    await answerOf('cluster-open', 'cluster open');
    await answerOf('cluster-logs', 'cluster logs');

    const job = [...executorsSoon, '--rows', '500', 'jobs/etl.py'];
    // Its record has metrics, too.
    const first = await answerOf('run', 'submit', [...events, ...executorsSoon, 'jobs/season.py']);
    expect(first.value.metrics.players).toBeGreaterThan(0);
    const kinds = new Set(first.events.map(({ kind }) => kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['run-created', 'phase-started', 'phase-finished', 'rows-generated']),
    );
    const { value: detached } = await answerOf('submit-detached', 'submit', ['--detach', ...job]);
    const { value: waited } = await answerOf('run', 'runs wait', [detached.run]);
    expect(waited.accounting.read).toBe(500);
    const { value: repeated } = await answerOf('run', 'runs rerun', [waited.id]);
    expect(repeated.accounting).toEqual(waited.accounting);
    const { value: failed } = await answerOf('run', 'submit', [...events, ...executorsSoon, 'failing.py'], 1);
    expect(failed.scriptError.frames).toHaveLength(1);
    await answerOf('runs-list', 'runs list');
    await answerOf('runs-diff', 'runs diff', [first.value.id, failed.id]);

    await answerOf('cluster', 'cluster scale', ['2']);
    await answerOf('cluster-down', 'cluster down');
    expect(needSpark.filter((command) => !asked.has(command))).toEqual([]);
  },
  10 * 60_000,
);
