import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestWord } from '../../system/errors/nearest-word.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../../system/errors/system-error.ts';
import { type Held, hold } from '../../system/files/hold.ts';
import { makeStateFolder, stateFolder } from '../../system/files/places.ts';
import { type DamagedFile, type ReadJson, readJson } from '../../system/files/read-json.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { livenessOf } from '../../system/processes/process-identity.ts';
import { mapFew } from '../../system/processes/wait-until.ts';
import { isFinal, type RunOutcome, type RunRecord, runRecordSchema } from './run-record.ts';

/** The folder in a run's own where its script leaves metrics and pictures. */
export const artifactsFolder = 'artifacts';

/** The file in a run's folder with the words of a sparkctl that works without a terminal. */
export const detachedLog = 'sparkctl.log';

/** The folder in a run's own with the event logs of its applications. */
export const eventLogFolder = 'eventlog';

/** The page in a run's folder that shows it. */
export const reportFile = 'report.html';

export function runsFolder(project: string): string {
  return join(stateFolder(project), 'runs');
}

export function runFolder(project: string, id: string): string {
  return join(runsFolder(project), id);
}

/** Makes the private folder of a run. */
export async function createRunFolder(project: string, id: string): Promise<string> {
  const folder = runFolder(project, id);
  try {
    await makeStateFolder(project);
    for (const part of [eventLogFolder, artifactsFolder])
      await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw wrapWriteError(error, `The run folder ${folder}`);
  }
}

export async function writeRun(record: RunRecord): Promise<void> {
  await writeInRun(record, 'run.json', `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Writes a file of a run. Where something else has come into the place of the run's folder, such as a link that the script
 * has made, nothing is written: this may run as root.
 */
export async function writeInRun(
  { project, id }: Pick<RunRecord, 'project' | 'id'>,
  name: string,
  text: string,
): Promise<void> {
  try {
    await using folder = await holdRun(project, id);
    await writeAtomically(join(folder.path, name), text);
  } catch (error) {
    throw wrapWriteError(error, `The file ${join(runFolder(project, id), name)} of the run`);
  }
}

/** Holds the folder of a run, or one in it, for what is written there. Links in their places are refused. */
export async function holdRun(project: string, id: string, ...parts: readonly string[]): Promise<Held> {
  try {
    return await hold(runsFolder(project), [id, ...parts]);
  } catch (error) {
    throw wrapWriteError(error, `The run folder ${runFolder(project, id)}`);
  }
}

/**
 * A run as it is found: over, going on, going on where nothing can be said of it from here (another host or PID
 * namespace), or abandoned: written down as going on although the sparkctl that looked after it is dead. It is left where its
 * driver does not need that one: it can be taken up.
 */
export interface FoundRun {
  readonly record: RunRecord;
  readonly situation: 'over' | 'going-on' | 'elsewhere' | 'left' | 'abandoned';
}

export interface FoundRuns {
  /** The newest first. */
  readonly runs: readonly FoundRun[];
  /** Records that cannot be trusted. Nothing is done for what they say. */
  readonly damaged: readonly DamagedFile[];
}

/** Reads the record of every run of the project. An abandoned one is shown as lost. */
export async function readRuns(project: string, judge: Judge = livenessOf): Promise<FoundRuns> {
  const entries = await readdir(runsFolder(project), { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const read = await mapFew(folders, ({ name }) => readRun(project, name, judge));
  return {
    runs: read
      .flatMap((each) => (each.kind === 'value' ? [each.value] : []))
      .sort(
        ({ record: a }, { record: b }) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id),
      ),
    damaged: read.filter((each) => each.kind === 'damaged').sort((a, b) => a.path.localeCompare(b.path)),
  };
}

/** Every run of the project, the newest first. One whose sparkctl died is shown as lost. */
export async function listRuns(project: string): Promise<readonly RunRecord[]> {
  return (await readRuns(project)).runs.map(({ record }) => record);
}

/** The run of that id, or one whose id begins so, or the newest where no id is given. */
export async function findRun(project: string, id: string | undefined): Promise<RunRecord> {
  const exact = id === undefined ? undefined : await readRun(project, id);
  if (exact?.kind === 'value') return exact.value.record;
  if (exact?.kind === 'damaged') throw damagedRun(exact);
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
    category: fitting.length > 1 ? 'usage' : 'input',
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

function damagedRun({ path, reason }: DamagedFile): SparkctlError {
  return new SparkctlError({
    code: 'damaged-run',
    category: 'input',
    message: `The record ${path} cannot be used: ${reason}.`,
    hint: 'The output of the run is beside it. See the others: sparkctl runs list',
    details: { path },
  });
}

type Judge = typeof livenessOf;

/** A run by its exact id, where it can be taken up. */
export async function findLeft(project: string, id: string): Promise<RunRecord | undefined> {
  const read = await readRun(project, id);
  return read.kind === 'value' && read.value.situation === 'left' ? read.value.record : undefined;
}

async function readRun(project: string, id: string, judge: Judge = livenessOf): Promise<ReadJson<FoundRun>> {
  const read = await readRecord(project, id);
  if (read.kind !== 'value') return read;
  if (isFinal(read.value.state)) return { kind: 'value', value: { record: read.value, situation: 'over' } };
  const liveness = await judge(read.value.owner);
  if (liveness !== 'dead') {
    const situation = liveness === 'alive' ? 'going-on' : 'elsewhere';
    return { kind: 'value', value: { record: read.value, situation } };
  }
  // It may have written its last words after they were read here and before it ended: the dead write no more.
  const last = await readRecord(project, id);
  if (last.kind !== 'value') return last;
  return { kind: 'value', value: withoutOwner(last.value) };
}

/** Reads what stands in a run's folder, as far as it can be that run's. */
async function readRecord(project: string, id: string): Promise<ReadJson<RunRecord>> {
  // An id is a word of the command line, too.
  if (id === '' || id.includes('/') || id.startsWith('.') || id.includes('\0')) return { kind: 'absent' };
  const folder = runFolder(project, id);
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isSymbolicLink())
    return { kind: 'damaged', path: folder, reason: 'the folder is a symbolic link' };
  const path = join(folder, 'run.json');
  const read = await readJson(path, runRecordSchema);
  if (read.kind !== 'value') return read;
  if (read.value.id !== id)
    return { kind: 'damaged', path, reason: `it is the record of ${read.value.id}, in another run's folder` };
  return { kind: 'value', value: { ...read.value, project } };
}

/** A run whose sparkctl is dead. */
function withoutOwner(record: RunRecord): FoundRun {
  if (isFinal(record.state)) return { record, situation: 'over' };
  if (record.driver?.detached) return { record, situation: 'left' };
  return { record: { ...record, ...lostBy(record) }, situation: 'abandoned' };
}

/** The end of a run that nobody looks after any more. `why` says why it could not be taken up. */
export function lostBy({ owner }: Pick<RunRecord, 'owner'>, why?: string): RunOutcome {
  return {
    state: 'lost',
    cause: 'terminated',
    message: `The sparkctl process ${owner.pid} that looked after the run exited without reporting${why === undefined ? '' : `, and the run could not be taken up again: ${why}`}.`,
  };
}
