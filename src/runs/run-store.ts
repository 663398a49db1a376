import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestWord } from '../errors/nearest-word.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import { wrapWriteError } from '../errors/wrap-write-error.ts';
import { readIfPresent } from '../files/read-if-present.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { livenessOf } from '../process/process-identity.ts';
import { isFinal, type RunRecord, runRecordSchema } from './run-record.ts';

/** The folder in a run's own where its script leaves metrics and pictures. */
export const artifactsFolder = 'artifacts';

/** The page in a run's folder that shows it. */
export const reportFile = 'report.html';

export function runsFolder(project: string): string {
  return join(project, '.sparkctl', 'runs');
}

export function runFolder(project: string, id: string): string {
  return join(runsFolder(project), id);
}

/** Makes the private folder of a run. */
export async function createRunFolder(project: string, id: string): Promise<string> {
  const folder = runFolder(project, id);
  try {
    for (const part of ['eventlog', artifactsFolder])
      await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw wrapWriteError(error, `The run folder ${folder}`);
  }
}

export async function writeRun(record: RunRecord): Promise<void> {
  const path = join(runFolder(record.project, record.id), 'run.json');
  try {
    await writeAtomically(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw wrapWriteError(error, `The record of the run, ${path},`);
  }
}

/** Every run of the project, the newest first. One whose sparkctl died is shown as lost. */
export async function listRuns(project: string): Promise<readonly RunRecord[]> {
  const names = await readdir(runsFolder(project)).catch(() => []);
  const runs = await Promise.all(names.map((name) => readRun(project, name)));
  return runs
    .filter((run) => run !== undefined)
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id));
}

/** The run of that id, or one whose id begins so, or the newest where no id is given. */
export async function findRun(project: string, id: string | undefined): Promise<RunRecord> {
  const runs = await listRuns(project);
  const fitting = runs.filter((run) => id === undefined || run.id === id || run.id.startsWith(id));
  const [first] = fitting.filter((run) => run.id === id).concat(fitting);
  if (first !== undefined && (id === undefined || first.id === id || fitting.length === 1)) return first;
  const near =
    id === undefined
      ? undefined
      : nearestWord(
          id,
          runs.map((run) => run.id),
        );
  throw new SparkctlError({
    code: fitting.length > 1 ? 'run-ambiguous' : 'no-run',
    cause: fitting.length > 1 ? 'usage' : 'input',
    message:
      id === undefined
        ? `There is no run in ${project} yet.`
        : fitting.length > 1
          ? `${fitting.length} runs begin with ${id}.`
          : `There is no run called ${id} in ${project}.`,
    hint:
      id === undefined
        ? 'Submit a job first: sparkctl submit jobs/etl.py'
        : near === undefined
          ? 'See which there are: sparkctl runs list'
          : `Did you mean ${near}? See which there are: sparkctl runs list`,
  });
}

async function readRun(project: string, id: string): Promise<RunRecord | undefined> {
  const text = await readIfPresent(join(runFolder(project, id), 'run.json'));
  if (text === undefined) return undefined;
  const parsed = runRecordSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return undefined;
  const run = parsed.data;
  return isFinal(run.state) || (await livenessOf(run.owner)) !== 'dead' ? run : lost(run);
}

/** The runs that are written down as going on although the sparkctl that looked after them is dead. */
export async function abandonedRuns(project: string): Promise<readonly RunRecord[]> {
  const abandoned: RunRecord[] = [];
  for (const run of await listRuns(project)) {
    if (run.state !== 'lost') continue;
    const written = JSON.parse((await readIfPresent(join(runFolder(project, run.id), 'run.json'))) ?? '{}');
    if (written.state !== 'lost') abandoned.push(run);
  }
  return abandoned;
}

function lost(run: RunRecord): RunRecord {
  return {
    ...run,
    state: 'lost',
    cause: 'terminated',
    message: `The sparkctl process ${run.owner.pid} that looked after the run ended without a word.`,
  };
}
