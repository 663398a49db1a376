import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { executorsSoon } from '../support/soon.ts';
import { repository, type SparkctlResult, sparkctl, startSparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import type { UsersTable } from './independently.ts';

export interface UsersProject extends TemporaryProject {
  /** The table of the users job, and the file that its dataset is written to. */
  readonly users: UsersTable;
  run(...words: readonly string[]): Promise<SparkctlResult>;
  start(...words: readonly string[]): ReturnType<typeof startSparkctl>;
}

/** An empty project with the jobs that come with sparkctl. */
export async function usersProject(): Promise<UsersProject> {
  const project = temporaryProject();
  cpSync(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
  await project.write('package.json', '{}');
  return {
    ...project,
    users: {
      project: project.folder,
      database: project.path('data/users.db'),
      inputs: [project.path('data/users.jsonl')],
    },
    run: (...words) => sparkctl(sooner(words), { cwd: project.folder }),
    start: (...words) => startSparkctl(sooner(words), { cwd: project.folder }),
  };
}

function sooner([command = '', ...words]: readonly string[]): readonly string[] {
  return command === 'submit' ? [command, ...executorsSoon, ...words] : [command, ...words];
}

/** Rows whose writing leaves time to do something meanwhile, and a tenth of the bytes that they take. */
export const manyRows = 40_000;
export const tenthOfMany = 400 * 2 ** 10;

const writingTimeoutMs = 240_000;

/** Waits until the tasks of a run that has just been started have put so many bytes aside for the table. */
export async function untilWriting(
  project: UsersProject,
  running: ReturnType<typeof startSparkctl>,
  bytes: number,
): Promise<void> {
  const abandoned = stagedFolders(project);
  const isOver = () => running.exitCode !== null || running.signalCode !== null;
  await waitUntil(() => (stagedBytes(project, abandoned) > bytes || isOver() ? true : undefined), {
    timeoutMs: writingTimeoutMs,
    intervalMs: 10,
  });
  if (stagedBytes(project, abandoned) > bytes) return;
  // The next case must not meet this one's run.
  running.kill();
  throw new Error(`nothing was written: ${(await running).stderr}`);
}

/** Lists what abandoned writes have left beside the database. */
export function stagedFolders(project: UsersProject): readonly string[] {
  return namesIn(project.path('data/.users.db.sparkctl'));
}

function stagedBytes(project: UsersProject, abandoned: readonly string[]): number {
  const root = project.path('data/.users.db.sparkctl');
  return namesIn(root)
    .filter((folder) => !abandoned.includes(folder))
    .flatMap((folder) => namesIn(join(root, folder)).map((name) => join(root, folder, name)))
    .reduce((sum, file) => sum + sizeOf(file), 0);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
