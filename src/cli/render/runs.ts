import { relative } from 'node:path';
import type { Difference, RunDiff } from '../../run/record/diff-runs.ts';
import type { RunRecord } from '../../run/record/run-record.ts';
import type { FoundRun } from '../../run/record/run-store.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { formatChange, formatExactly, formatNumber } from '../../system/format-number.ts';
import { formatDuration } from './format.ts';
import type { paint } from './paint.ts';
import { formatAccounting, formatFailure, formatRunSummary } from './run-summary.ts';
import { formatTable } from './table.ts';

type Paint = ReturnType<typeof paint>;

/** The runs of a project, one line each. */
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

/** Everything that is recorded of a run. */
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
    formatFailure(run, color)
  );
}

/** Two runs side by side: the facts that differ, and how many do not. */
export function formatRunDiff(a: RunRecord, b: RunRecord, { differences, same }: RunDiff): string {
  if (differences.length === 0)
    return `${a.id} and ${b.id} are the same in all ${formatNumber(same)} facts.\n`;
  return (
    `A  ${a.id}\nB  ${b.id}\n\n${formatTable(['what', 'a', 'b', 'change'], differences.map(cellsOf))}` +
    `\n${formatNumber(same)} other facts are the same.\n`
  );
}

function cellsOf(difference: Difference): readonly string[] {
  return [
    difference.what,
    show(difference.a),
    show(difference.b),
    difference.change === undefined ? '' : formatChange(difference.change),
  ];
}

function show(value: string | number | undefined): string {
  if (value === undefined) return '-';
  return typeof value === 'number' ? formatExactly(value) : value;
}
