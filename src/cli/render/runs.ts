import { relative } from 'node:path';
import { ownTraceback, runFolder } from '../../operations/runs.ts';
import type { Difference, RunDiff } from '../../run/diff-runs.ts';
import type { RunRecord } from '../../run/run-record.ts';
import type { FoundRun } from '../../run/run-store.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { counted, formatNumber } from '../../system/format-number.ts';
import { formatDuration, formatError } from './format.ts';
import type { paint } from './paint.ts';
import { formatTable } from './table.ts';

type Paint = ReturnType<typeof paint>;

/** `100,000 read = 95,012 loaded + 3,988 quarantined + 1,000 duplicates + 0 filtered`, or `≠` where it does not add up; and how many were repaired. */
export function formatAccounting(accounting: NonNullable<RunRecord['accounting']>): string {
  const { read, loaded, quarantined, duplicates, filtered, added = 0, repaired = 0 } = accounting;
  const parts = [
    `${formatNumber(loaded)} loaded`,
    `${formatNumber(quarantined)} quarantined`,
    `${formatNumber(duplicates)} duplicates`,
    `${formatNumber(filtered)} filtered`,
  ];
  const more = added === 0 ? '' : ` + ${formatNumber(added)} added`;
  const relation = read + added === loaded + quarantined + duplicates + filtered ? '=' : '≠';
  const mended = repaired === 0 ? '' : `; ${formatNumber(repaired)} of the loaded ones repaired`;
  return `${formatNumber(read)} read${more} ${relation} ${parts.join(' + ')}${mended}`;
}

/** The summary at the end of a run. */
export function formatRunSummary(record: RunRecord, from: string, color: Paint): string {
  const run = printableRecord(record);
  const near = (path: string) => {
    const short = relative(from, path);
    return short.startsWith('..') ? path : short;
  };
  const row = (label: string, text: string) => `${color('bold', label.padEnd(12))}${text}\n`;
  const reasons = Object.entries(run.accounting?.reasons ?? {}).filter(([, rows]) => rows > 0);
  const good = run.state === 'succeeded';
  const skipped = run.checks.filter(({ status }) => status === 'skipped').length;
  const unanswered =
    good && skipped > 0 ? `, but ${counted(skipped, 'check')} ${skipped === 1 ? 'was' : 'were'} skipped` : '';
  return [
    '\n',
    run.accounting ? row('Accounting', formatAccounting(run.accounting)) : '',
    reasons.length > 0
      ? row('', reasons.map(([reason, rows]) => `${reason} ${formatNumber(rows)}`).join(', '))
      : '',
    ...run.checks.map((check, index) => {
      const mark = { held: color('green', '✓'), failed: color('red', '✗'), skipped: color('gray', '-') }[
        check.status
      ];
      const text =
        check.status === 'held'
          ? `${check.name}: ${check.found}`
          : check.status === 'skipped'
            ? `${check.name}: skipped`
            : `${check.name}: expected ${check.expected}, found ${check.found}`;
      const detail =
        check.status !== 'held' && check.detail
          ? `\n${''.padEnd(14)}${check.detail.replaceAll('\n', `\n${''.padEnd(14)}`)}`
          : '';
      return row(index === 0 ? 'Checks' : '', `${mark} ${text}${detail}`);
    }),
    run.database ? row('Database', `${near(run.database.path)}, table ${run.database.table}`) : '',
    run.links.history && run.cluster?.ephemeral !== true ? row('History', run.links.history) : '',
    row('Run', near(runFolder(run.project, run.id))),
    row(
      'Result',
      `${color(good ? 'green' : 'red', run.state)} in ${formatDuration(run.durationMs ?? 0)}${good ? unanswered : ` (exit code ${run.exitCode})`}`,
    ),
  ].join('');
}

/** The end of a run that failed: the script's own traceback, then what it means and what to do. */
export function formatFailure(record: RunRecord, color: Paint): string {
  const { scriptError, diagnosis, message, hint, id, cause } = printableRecord(record);
  if (message === undefined) return '';
  const traceback = scriptError === undefined ? [] : ownTraceback(scriptError);
  const shown = traceback.map(({ text, failed }) => `${failed ? color('red', text) : text}\n`).join('');
  // What stands in the traceback is not said again.
  const words =
    diagnosis === undefined || traceback.length === 0 ? message : message.replace(/\. It said: .*$/s, '.');
  const more = cause === 'application' && !hint?.includes(id) ? `  More: sparkctl runs logs ${id}\n` : '';
  return `${shown === '' ? '' : `\n${shown}\n`}${formatError({ message: words, hint })}${more}`;
}

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

/** As many digits as a number can have in JavaScript and still be written as it was read. */
const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 });
const change = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'exceptZero' });
const changeOfCount = new Intl.NumberFormat('en-US', { signDisplay: 'exceptZero' });

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
    difference.change === undefined ? '' : showChange(difference.change),
  ];
}

function show(value: string | number | undefined): string {
  if (value === undefined) return '-';
  return typeof value === 'number' ? exactly(value) : value;
}

/** Every digit of a number: two that differ never look the same. */
function exactly(value: number): string {
  const text = digits.format(value);
  return Number(text.replaceAll(',', '')) === value ? text : String(value);
}

/** The change of a count is exact; that of a fraction is no more exact than the subtraction of two of them. */
function showChange(value: number): string {
  return (Number.isInteger(value) ? changeOfCount : change).format(value);
}
