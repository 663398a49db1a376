import type { Emit } from '../system/event.ts';
import { type Artifacts, readArtifacts } from './read-artifacts.ts';
import { renderReport } from './report/render-report.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunRecord } from './run-record.ts';
import { reportFile, runFolder, writeInRun } from './run-store.ts';

/** Takes what the script measured into the record. What is unusable is told and left out: it is no reason to fail a run. */
export async function keepMetrics(journal: RunJournal, folder: string, emit: Emit): Promise<void> {
  const { metrics, problems } = await readArtifacts(folder);
  for (const reason of problems) emit({ kind: 'artifact-left-out', reason });
  if (metrics !== undefined) await journal.update({ metrics: metrics.metrics, series: metrics.series });
}

/** Writes the report of a run that is over. The run is what it is, also where the report cannot be written. */
export async function writeReport(run: RunRecord, emit: Emit): Promise<void> {
  const folder = runFolder(run.project, run.id);
  try {
    const { pictures }: Artifacts = await readArtifacts(folder);
    await writeInRun(run, reportFile, renderReport(run, pictures));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    emit({ kind: 'report-failed', reason });
  }
}
