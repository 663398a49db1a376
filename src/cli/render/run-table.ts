import { relative } from 'node:path';
import type { RunRecord } from '../../run/run-record.ts';
import type { FoundRun } from '../../run/run-store.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { formatDuration } from './format-duration.ts';
import { formatError } from './format-error.ts';
import { formatTable } from './format-table.ts';
import type { paint } from './progress.ts';
import { formatAccounting, formatRunSummary } from './run-summary.ts';

type Paint = ReturnType<typeof paint>;

export function formatRunList(runs: readonly FoundRun[]): string {
  if (runs.length === 0) return 'No run yet. Submit a job: sparkctl submit jobs/etl.py\n';
  return formatTable(
    ['run', 'state', 'exit', 'time', 'backend', 'rows'],
    runs.map(({ record: { id, state, exitCode, durationMs, cluster, accounting }, situation }) => [
      id,
      situation === 'elsewhere' ? `${state} elsewhere` : state,
      exitCode === undefined ? '' : String(exitCode),
      durationMs === undefined ? '' : formatDuration(durationMs),
      cluster?.backend ?? '',
      accounting === undefined ? '' : formatAccounting(accounting),
    ]),
  );
}

/** Everything of a run that a person may want to look up. */
export function formatRunDetails(record: RunRecord, from: string, color: Paint): string {
  const run = printableRecord(record);
  const row = (label: string, text: string | undefined) =>
    text ? `${color('bold', label.padEnd(12))}${text}\n` : '';
  const { versions, cluster } = run;
  const phases = run.phases.map(({ title, durationMs, outcome, summary }) => [
    title,
    formatDuration(durationMs),
    outcome === 'done' ? (summary ?? '') : [outcome, summary].filter(Boolean).join(': '),
  ]);
  return (
    row('Run', run.id) +
    row('Job', `${relative(from, run.job.script)}${run.job.manifest ? ` with ${run.job.manifest}` : ''}`) +
    row('Started', run.startedAt) +
    row('Application', run.applicationIds.join(', ')) +
    row('Cluster', cluster && `${cluster.name} (${cluster.backend}: ${cluster.reason}) ${cluster.master}`) +
    row(
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ) +
    row('Command', run.command.join(' ')) +
    `\n${formatTable(['phase', 'time', 'what'], phases)}` +
    formatRunSummary(run, from, color) +
    (run.message === undefined ? '' : formatError({ message: run.message, hint: run.hint }))
  );
}
