import { join } from 'node:path';
import type { CheckedResult } from '../../operations/check.ts';
import { ownTraceback, runFolder } from '../../operations/runs.ts';
import type { RunRecord } from '../../run/record/run-record.ts';
import { describeFaultyRows } from '../../system/describe-phase.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { counted, formatNumber } from '../../system/format-number.ts';
import { formatDuration, formatError, near } from './format.ts';
import type { paint } from './paint.ts';

type Paint = ReturnType<typeof paint>;
type Checks = readonly RunRecord['checks'][number][];

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
  const row = rowsIn(color);
  const folder = near(runFolder(run.project, run.id), from);
  const good = run.state === 'succeeded';
  return [
    '\n',
    findings(run, folder, color),
    run.database ? row('Database', `${near(run.database.path, from)}, table ${run.database.table}`) : '',
    run.links.history && run.cluster?.ephemeral !== true ? row('History', run.links.history) : '',
    row('Run', folder),
    row(
      'Result',
      `${color(good ? 'green' : 'red', run.state)} in ${formatDuration(run.durationMs ?? 0)}${good ? reservations(run.checks) : ` (exit code ${run.exitCode})`}`,
    ),
  ].join('');
}

/** The answer of the checks to a result that was there. */
export function formatChecked(checked: CheckedResult, from: string, color: Paint): string {
  const { state, exitCode, message, checks, folder, database, ...rest } = printableRecord(checked);
  const row = rowsIn(color);
  const good = state === 'succeeded';
  const words = good ? `${color('green', 'held')}${reservations(checks)}` : color('red', message ?? state);
  return [
    findings({ ...rest, checks }, near(folder, from), color),
    row('Database', `${near(database.path, from)}, table ${database.table}`),
    row('Result', good ? words : `${words} (exit code ${exitCode})`),
  ].join('');
}

/** The fate of every row, and the outcome of each check. */
function findings(
  { accounting, checks }: { readonly accounting?: RunRecord['accounting']; readonly checks: Checks },
  folder: string,
  color: Paint,
): string {
  const row = rowsIn(color);
  const reasons = Object.entries(accounting?.reasons ?? {}).filter(([, rows]) => rows > 0);
  return [
    accounting ? row('Accounting', formatAccounting(accounting)) : '',
    reasons.length > 0
      ? row('', reasons.map(([reason, rows]) => `${reason} ${formatNumber(rows)}`).join(', '))
      : '',
    ...checkLines(checks, folder, color).map((line, index) => row(index === 0 ? 'Checks' : '', line)),
  ].join('');
}

function rowsIn(color: Paint): (label: string, text: string) => string {
  return (label, text) => `${color('bold', label.padEnd(12))}${text}\n`;
}

/** The lines of each check: its outcome, the first rows that are wrong, and the file that has them all. */
export function checkLines(checks: Checks, folder: string, color: Paint): readonly string[] {
  const marks = {
    held: color('green', '✓'),
    warned: color('yellow', '!'),
    failed: color('red', '✗'),
    skipped: color('gray', '-'),
  };
  return checks.map(({ name, status, expected, found, detail, faulty }) => {
    const wrong = status === 'warned' || status === 'failed';
    const text = wrong ? `expected ${expected}, found ${found}` : status === 'held' ? found : 'skipped';
    const more = [
      ...(status === 'held' || !detail ? [] : detail.split('\n')),
      ...(faulty?.file === undefined ? [] : [describeFaultyRows(faulty, join(folder, faulty.file))]),
    ];
    return [`${marks[status]} ${name}: ${text}`, ...more].join(`\n${''.padEnd(14)}`);
  });
}

/** The end of the sentence that a run has succeeded, where not every check has held. */
function reservations(checks: Checks): string {
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  const [warned, skipped] = [count('warned'), count('skipped')];
  const parts = [
    ...(warned === 0 ? [] : [`${counted(warned, 'check')} warned`]),
    ...(skipped === 0 ? [] : [`${counted(skipped, 'check')} ${skipped === 1 ? 'was' : 'were'} skipped`]),
  ];
  return parts.length === 0 ? '' : `, but ${parts.join(' and ')}`;
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
