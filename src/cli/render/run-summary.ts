import { relative } from 'node:path';
import type { RunRecord } from '../../run/run-record.ts';
import { runFolder } from '../../run/run-store.ts';
import { printableRecord } from '../../system/errors/printable.ts';
import { formatDuration } from './format-duration.ts';
import type { paint } from './progress.ts';

const number = new Intl.NumberFormat('en-US');

/** `100,000 read = 95,012 loaded + 3,988 quarantined + 1,000 duplicates + 0 filtered`, or `≠` where it does not add up. */
export function formatAccounting(accounting: NonNullable<RunRecord['accounting']>): string {
  const { read, loaded, quarantined, duplicates, filtered } = accounting;
  const parts = [
    `${number.format(loaded)} loaded`,
    `${number.format(quarantined)} quarantined`,
    `${number.format(duplicates)} duplicates`,
    `${number.format(filtered)} filtered`,
  ];
  const relation = read === loaded + quarantined + duplicates + filtered ? '=' : '≠';
  return `${number.format(read)} read ${relation} ${parts.join(' + ')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? ' was' : 's were'}`;
}

/** What a person wants to know at the end of a run. */
export function formatRunSummary(record: RunRecord, from: string, color: ReturnType<typeof paint>): string {
  const run = printableRecord(record);
  const near = (path: string) => {
    const short = relative(from, path);
    return short.startsWith('..') ? path : short;
  };
  const row = (label: string, text: string) => `${color('bold', label.padEnd(12))}${text}\n`;
  const reasons = Object.entries(run.accounting?.reasons ?? {}).filter(([, rows]) => rows > 0);
  const good = run.state === 'succeeded';
  const skipped = run.checks.filter(({ status }) => status === 'skipped').length;
  const unanswered = good && skipped > 0 ? `, but ${counted(skipped, 'check')} skipped` : '';
  return [
    '\n',
    run.accounting ? row('Accounting', formatAccounting(run.accounting)) : '',
    reasons.length > 0
      ? row('', reasons.map(([reason, rows]) => `${reason} ${number.format(rows)}`).join(', '))
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
