import type { RunRecord } from '../../run/record/run-record.ts';
import { describeFaultyRows } from '../../system/describe-phase.ts';
import { formatNumber } from '../../system/format-number.ts';
import { formatDuration } from './format.ts';
import { formatAccounting } from './run-summary.ts';

/** The run as a test suite of JUnit: a test for the job and one for each check, for servers that show such files. */
export function formatJunit(run: RunRecord): string {
  const failures = run.checks.filter(({ status }) => status === 'failed').length;
  const skipped = run.checks.filter(({ status }) => status === 'skipped').length;
  const jobFailed = run.state !== 'succeeded' && run.state !== 'checks-failed';
  const seconds = ((run.durationMs ?? 0) / 1000).toFixed(3);
  const attributes = xmlAttributes({
    name: run.job.name,
    timestamp: run.startedAt,
    time: seconds,
    tests: String(run.checks.length + 1),
    failures: String(failures),
    errors: jobFailed ? '1' : '0',
    skipped: String(skipped),
  });
  const job = testcase(
    'job',
    run.id,
    jobFailed ? xmlElement('error', run.state, run.message ?? run.state) : '',
  );
  const checks = run.checks.map(({ kind, name, status, expected, found, detail, faulty }) => {
    const words = `expected ${expected}, found ${found}`;
    const rows = faulty?.file === undefined ? [] : [describeFaultyRows(faulty, faulty.file)];
    const text = [detail ?? words, ...rows].join('\n');
    if (status === 'failed') return testcase(kind, name, xmlElement('failure', words, text));
    if (status === 'skipped') return testcase(kind, name, xmlElement('skipped', detail ?? words));
    // Such files know no warning: it is what a test has printed that passes.
    const warning = `<system-out>${xmlText(`Warning: ${words}\n${text}`)}</system-out>`;
    return testcase(kind, name, status === 'warned' ? warning : '');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${attributes}>\n${[job, ...checks].join('')}  </testsuite>\n</testsuites>\n`;
}

function testcase(classname: string, name: string, content: string): string {
  const attributes = xmlAttributes({ classname, name });
  return content === ''
    ? `    <testcase ${attributes}/>\n`
    : `    <testcase ${attributes}>${content}</testcase>\n`;
}

function xmlElement(name: string, message: string, text = ''): string {
  return `<${name} ${xmlAttributes({ message })}>${xmlText(text)}</${name}>`;
}

function xmlAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${xmlText(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** Text as XML may have it: what no document may hold stands as U+FFFD. */
function xmlText(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}

/** The run as a page of Markdown, for a comment or a job's summary. */
export function formatMarkdown(run: RunRecord): string {
  const marks = { held: '✅', warned: '⚠️', failed: '❌', skipped: '➖' };
  const good = run.state === 'succeeded';
  const checks = run.checks.map(({ name, status, expected, found, faulty }) => {
    const rows = faulty?.file === undefined ? '' : `. ${describeFaultyRows(faulty, faulty.file)}`;
    const answer = status === 'skipped' ? 'skipped' : `${found}${rows}`;
    return `| ${marks[status]} | ${cell(name)} | ${cell(expected)} | ${cell(answer)} |\n`;
  });
  const reasons = Object.entries(run.accounting?.reasons ?? {}).filter(([, rows]) => rows > 0);
  return [
    `## ${good ? '✅' : '❌'} ${cell(run.job.name)}: ${run.state} in ${formatDuration(run.durationMs ?? 0)}\n\n`,
    good || run.message === undefined ? '' : `> ${cell(run.message)}\n\n`,
    run.accounting === undefined ? '' : `${cell(formatAccounting(run.accounting))}\n\n`,
    reasons.length === 0
      ? ''
      : `Quarantined: ${reasons.map(([reason, rows]) => `${cell(reason)} ${formatNumber(rows)}`).join(', ')}\n\n`,
    checks.length === 0
      ? ''
      : `| | check | expected | found |\n| --- | --- | --- | --- |\n${checks.join('')}\n`,
    `Run ${cell(run.id)}, exit code ${run.exitCode ?? 'unknown'}\n`,
  ].join('');
}

/** Text on one line that is text in Markdown, too, and ends no cell. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replace(/[\\`*_[\]<>|~&]/g, (character) => `\\${character}`);
}
