import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { generateDataset } from '../../../src/job/datasets/generate-dataset.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { processesMentioning } from '../../support/spark-processes.ts';
import { fault } from '../fault.ts';
import { judgeOutputs } from '../independently.ts';
import type { UsersProject } from '../users-project.ts';

const segmentsDatabase = 'data/segments.db';
const outputs = { csv: 'data/predictions.csv', model: 'data/model' };
/** The moment is short: a kill that comes too late is tried again. */
const mostTries = 5;

/** A script that is killed when its table is committed, and what belongs to it is not in its place yet. */
export function dyingBetween(shared: () => UsersProject): void {
  describe('a script that dies between its table and its outputs', () => {
    fault(
      { number: 30, where: 'local[2]', injected: 'kill -9 after the commit of segments, then a repeat' },
      async () => {
        const project = shared();
        const first = await project.run(...submitted('first', await customers(project, 1)));
        expect(first.exitCode, first.stderr).toBe(0);
        const before = await judged(project);
        expect(before).toMatchObject({ integrity: 'ok', finished: true, csv: 'same', model: 'same' });

        for (let attempt = 2; attempt < mostTries + 2; attempt += 1) {
          const words = submitted(`run-${attempt}`, await customers(project, attempt));
          await killedAfterCommit(project, `run-${attempt}`, words);
          const between = await judged(project);
          expect(between).toMatchObject({ integrity: 'ok', runId: `run-${attempt}` });
          if (between.finished) continue;
          expect(between.csv).toBe('differs');

          const repeat = await project.run(...words);
          expect(repeat.exitCode, repeat.stderr).toBe(0);
          expect(repeat.stdout).toContain(`run run-${attempt} was committed before, nothing changed`);
          const after = await judged(project);
          expect(after).toEqual({ ...between, finished: true, csv: 'same', model: 'same' });
          return { exitCode: repeat.exitCode, rows: { before: before.rows, after: after.rows } };
        }
        throw new Error(`the outputs were there before the kill, ${mostTries} times`);
      },
    );
  });
}

async function customers(project: UsersProject, seed: number): Promise<string> {
  const path = project.path(`data/customers-${seed}.csv`);
  const defects = { brokenCsv: 0.02, duplicateId: 0.02 };
  await generateDataset({ dataset: 'customers', seed, rows: 200 + seed, defects, path });
  return path;
}

function submitted(runId: string, input: string): readonly string[] {
  // As the manifest of the job has them: many small queries are faster without.
  const conf = ['--conf', 'spark.sql.adaptive.enabled=false', '--conf', 'spark.sql.shuffle.partitions=3'];
  const options = ['submit', '--no-manifest', '--master', 'local[2]', ...conf];
  const script = ['jobs/segments.py', '--run-id', runId, '--input', input];
  const files = ['--database', segmentsDatabase, '--predictions', outputs.csv, '--model', outputs.model];
  return [...options, ...script, ...files, '--max-k', '2', '--starts', '1'];
}

async function killedAfterCommit(project: UsersProject, runId: string, words: readonly string[]) {
  const running = project.start(...words);
  const isOver = () => running.exitCode !== null || running.signalCode !== null;
  const staged = project.path('data/.model.sparkctl');
  await waitUntil(() => (existsSync(staged) || isOver() ? true : undefined), {
    timeoutMs: 300_000,
    intervalMs: 10,
  });
  // The script first: it must not see how Spark dies.
  const victims = processesMentioning(project.folder)
    .filter((line) => line.includes('segments.py') && !line.includes('sparkctl.js'))
    .sort((a, b) => Number(a.includes('SparkSubmit')) - Number(b.includes('SparkSubmit')))
    .map((line) => Number.parseInt(line, 10));
  expect(victims.length).toBeGreaterThan(1);
  await waitUntil(() => (isCommitted(project, runId) || isOver() ? true : undefined), {
    timeoutMs: 300_000,
    intervalMs: 1,
  });
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  expect((await running).exitCode).not.toBe(0);
}

function isCommitted(project: UsersProject, runId: string): boolean {
  try {
    const database = new Sqlite(project.path(segmentsDatabase), { readonly: true, timeout: 0 });
    try {
      return database.prepare('SELECT 1 FROM sparkctl_runs WHERE run_id = ?').get(runId) !== undefined;
    } finally {
      database.close();
    }
  } catch {
    return false; // it is locked for the commit
  }
}

async function judged(project: UsersProject) {
  return await judgeOutputs({
    database: project.path(segmentsDatabase),
    name: 'segments',
    csv: project.path(outputs.csv),
    model: project.path(outputs.model),
  });
}
