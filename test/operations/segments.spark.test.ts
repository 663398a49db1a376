import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChecks } from '../../src/job/checks/run-checks.ts';
import { readLedger } from '../../src/job/datasets/ledger.ts';
import { loadManifest } from '../../src/job/manifest/load-manifest.ts';
import { projectWithCluster } from '../support/running-cluster.ts';
import { executorsSoon, oneExecutorSoon } from '../support/soon.ts';
import { repository, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { expectedPredictions } from './expected-segments.ts';

let project: TemporaryProject;

beforeAll(async () => {
  project = await projectWithCluster(2);
  await cp(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** Submits a job; the run's record, after every check has held. */
async function verified(folder: string, ...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await sparkctl(['submit', '--json', ...words], { cwd: folder });
  expect(exitCode, stderr).toBe(0);
  const run = JSON.parse(stdout);
  expect(run.checks.length).toBeGreaterThan(4);
  expect(run.checks.map(({ status }: { status: string }) => status)).toEqual(run.checks.map(() => 'held'));
  return run;
}

it('segments: finds the planted groups, and says so everywhere', async () => {
  const words = ['--min-k', '4', '--max-k', '6', '--starts', '2'];
  const run = await verified(
    project.folder,
    ...executorsSoon,
    '--rows',
    '1500',
    'jobs/segments.py',
    ...words,
  );
  const predictions = await readFile(project.path('data/segments/predictions.csv'), 'utf8');
  expect(predictions).toBe(await expectedPredictions(project.path('data/customers.csv')));
  expect(run.metrics).toMatchObject({ k: 5 });
  expect(run.metrics.silhouette).toBeGreaterThan(0.8);
  const curves = run.series.map(({ name, points }: { name: string; points: number[][] }) => [
    name,
    points.map(([k]) => k),
  ]);
  expect(curves).toEqual([
    ['Silhouette by k', [4, 5, 6]],
    ['Inertia by k', [4, 5, 6]],
  ]);
  const report = await readFile(project.path(`.sparkctl/runs/${run.id}/report.html`), 'utf8');
  expect(report).toContain('Silhouette by k');
});

it('score: the saved model gives other customers the segments that they belong to', async () => {
  const run = await verified(project.folder, ...oneExecutorSoon, 'jobs/score.py');
  expect(run.checks.find(({ kind }: { kind: string }) => kind === 'segments').found).toMatch(
    /^5 segments of .* rows, adjusted Rand index 1\.0000$/,
  );
});

it('segments: one worker comes to the same, byte for byte', async () => {
  await using other = temporaryProject();
  await cp(join(repository, 'jobs'), other.path('jobs'), { recursive: true });
  await verified(
    other.folder,
    ...executorsSoon,
    ...['--backend', 'local', '--workers', '1', '--rows', '1500', 'jobs/segments.py'],
    // What is tried beside the best makes no difference.
    ...['--min-k', '5', '--max-k', '5', '--starts', '1', '--seed', '43'],
  );
  const predictions = await readFile(other.path('data/segments/predictions.csv'));
  expect(predictions.equals(await readFile(project.path('data/segments/predictions.csv')))).toBe(true);
});

it('season: SQLite computes again what Spark has computed, and finds every change in it', async () => {
  const run = await verified(project.folder, ...oneExecutorSoon, 'jobs/season.py');
  expect(run.metrics.players).toBeGreaterThan(400);
  const report = await readFile(project.path(`.sparkctl/runs/${run.id}/report.html`), 'utf8');
  expect(report).toContain('alt="top-scorers"');

  const manifest = await loadManifest(project.path('jobs/season.yaml'), {
    project: project.folder,
    workingFolder: project.folder,
  });
  const { target } = manifest;
  if (target === undefined) throw new Error('the job has no target');
  const description = 'query (the description of the players)';
  const changes = [
    ['query (the histogram of ages)', 'UPDATE players_by_age SET players = players + 1 WHERE age = 25'],
    [
      'query (the top ten scorers)',
      'UPDATE players_top_scorers SET place = 19 - place WHERE place IN (9, 10)',
    ],
    [
      'query (the starts of players of 35 and over)',
      'DELETE FROM players_veteran_starts WHERE rank = (SELECT max(rank) FROM players_veteran_starts)',
    ],
    [description, "UPDATE players_description SET stddev = stddev * 1.001 WHERE name = 'points'"],
    // A description of rows, in which who changed team counts several times, and numbers that name somebody.
    [
      description,
      "UPDATE players_description SET mean = (SELECT avg(games) FROM players) WHERE name = 'games'",
    ],
    [description, "INSERT INTO players_description VALUES ('rank', 1, 1, NULL, 1, 1)"],
  ] as const;
  for (const [check, change] of changes) {
    const database = new Sqlite(target.path);
    database.exec(`PRAGMA journal_mode = DELETE; ${change}`);
    database.close();
    const results = await runChecks({
      target,
      checks: manifest.checks,
      ledger: await readLedger(project.path('data/players.csv')),
      inputFiles: [project.path('data/players.csv')],
      inputFormat: 'csv',
    });
    const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
    expect(failed).toContain(check);
  }
});
