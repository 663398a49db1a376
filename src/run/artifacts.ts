import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redactor } from '../spark/redact.ts';
import { hasErrorCode } from '../system/errors/system-error.ts';
import type { Emit } from '../system/event.ts';
import { type ReadJson, readJson } from '../system/files/read-json.ts';
import type { RunRecord } from './record/run-record.ts';
import { type JobMetrics, jobMetricsSchema } from './record/run-record.ts';
import { artifactsFolder, eventLogFolder, reportFile, runFolder, writeInRun } from './record/run-store.ts';
import type { Run } from './run.ts';

/** The metrics and pictures that a script left in `artifacts/` of its run folder. */
export interface Artifacts {
  readonly metrics?: JobMetrics;
  readonly pictures: readonly { readonly name: string; readonly svg: string }[];
  /** The reasons why something was left out, one sentence each. */
  readonly problems: readonly string[];
}

const largestBytes = 2 * 1024 * 1024;
const mostPictures = 24;

/** Reads metrics and pictures, as far as they are what they should be: a script may write anything there. */
export async function readArtifacts(runFolder: string): Promise<Artifacts> {
  const folder = join(runFolder, artifactsFolder);
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isSymbolicLink())
    return { pictures: [], problems: [`${artifactsFolder}/ was left out: it is a symbolic link.`] };
  const names = (await readdir(folder).catch(() => [])).sort();
  const problems: string[] = [];
  const read = async (name: string) => {
    const text = await readSmallFile(join(folder, name));
    if (typeof text === 'string') return text;
    problems.push(`artifacts/${name} was left out: ${text.problem}.`);
    return undefined;
  };
  const pictures: { name: string; svg: string }[] = [];
  const drawings = names.filter((name) => name.endsWith('.svg'));
  for (const name of drawings.slice(0, mostPictures)) {
    const svg = await read(name);
    if (svg !== undefined) pictures.push({ name: name.slice(0, -'.svg'.length), svg });
  }
  if (drawings.length > mostPictures)
    problems.push(`Of ${drawings.length} pictures in artifacts/ the report shows the first ${mostPictures}.`);
  const metrics = await readMetrics(join(folder, 'metrics.json'));
  if (metrics.kind === 'damaged') problems.push(`artifacts/metrics.json was left out: ${metrics.reason}.`);
  return { ...(metrics.kind === 'value' && { metrics: metrics.value }), pictures, problems };
}

async function readMetrics(path: string): Promise<ReadJson<JobMetrics>> {
  return await readJson(path, jobMetricsSchema, { mostBytes: largestBytes, links: 'hard-ones-too' });
}

/** Never through a link: a script could lay one to a file that is none of its business. */
async function readSmallFile(path: string): Promise<string | { readonly problem: string }> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.nlink > 1) return { problem: 'it is no file of its own' };
      if (found.size > largestBytes) return { problem: `it has more than ${largestBytes} bytes` };
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasErrorCode(error, 'ELOOP', 'EMLINK')) return { problem: 'it is a symbolic link' };
    if (hasErrorCode(error, 'ENOENT', 'EACCES', 'ENXIO')) return { problem: 'it cannot be read' };
    throw error;
  }
}

/** Takes what the script measured into the record. What is unusable is told and left out: it is no reason to fail a run. */
export async function keepMetrics({ journal, folder, context: { emit } }: Run): Promise<void> {
  const { metrics, problems } = await readArtifacts(folder);
  for (const reason of problems) emit({ kind: 'artifact-left-out', reason });
  if (metrics !== undefined) await journal.update({ metrics: metrics.metrics, series: metrics.series });
}

/** Writes the report of a run that is over. The run is what it is, also where the report cannot be written. */
export async function writeReport(run: RunRecord, redactor: Redactor, emit: Emit): Promise<void> {
  const folder = runFolder(run.project, run.id);
  try {
    const { pictures } = await readArtifacts(folder);
    const { readApplications } = await import('./events/read-applications.ts');
    const { renderReport } = await import('./report/render-report.ts');
    const told = await readApplications(join(folder, eventLogFolder));
    // Spark blanks what looks like a secret. What is one by the words of the submission, it does not know.
    await writeInRun(run, reportFile, renderReport(run, pictures, redactor.everywhere(told)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    emit({ kind: 'report-failed', reason });
  }
}
