import { relative } from 'node:path';
import { describeFaultyRows } from '../../system/describe-phase.ts';
import { counted, formatNumber, numberFormat } from '../../system/format-number.ts';
import type { Application } from '../events/application.ts';
import type { ToldByLogs } from '../events/read-applications.ts';
import { ownTraceback } from '../failure/script-error.ts';
import type { Accounting, RunPhase, RunRecord, RunSeries } from '../record/run-record.ts';
import { type Analysis, analyseMain, type Figure } from './figures.ts';
import { type Html, html } from './html.ts';
import { drawLineChart } from './line-chart.ts';
import { renderPage, type Section, scrolling } from './page.ts';
import { levels, sparkSections } from './spark-sections.ts';
import { formatShare, formatTime } from './units.ts';

/** A drawing that a job left, as the text of an SVG file. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

const measure = numberFormat({ maximumSignificantDigits: 6 });

/** The report of a run: one page, made of its record, of what its script has left, and of what its event logs tell. */
export function renderReport(run: RunRecord, pictures: readonly Picture[], told?: ToldByLogs): string {
  const applications = told?.applications ?? [];
  const main = analyseMain(applications);
  const title = `${run.job.name} ${run.state}`;
  return renderPage(`${title}: ${run.id}`, heading(run, main), [
    ...section('advice', 'Advice', advice(run, main?.figures)),
    ...section('rows', 'Where every row went', run.accounting && accounting(run.accounting)),
    ...section('checks', 'Checks', checks(run.checks)),
    ...section('measured', 'What the job measured', quality(run.metrics, run.series ?? [])),
    ...section('drawn', 'What the job drew', drawings(pictures)),
    ...section('phases', 'Where the time went', phases(run.phases)),
    ...(main === undefined ? [] : sparkSections(main)),
    ...section('origin', 'Where it came from', origin(run, applications, main?.app)),
    ...section('missing', 'What could not be read', missing(run, told)),
  ]);
}

function section(id: string, title: string, body: Html | undefined): readonly Section[] {
  return body === undefined ? [] : [{ id, title, body }];
}

function heading(run: RunRecord, analysis: Analysis | undefined): Html {
  const held = run.checks.filter(({ status }) => status === 'held').length;
  const good = run.state === 'succeeded';
  const { app, work } = analysis ?? {};
  return html`<h1>${run.job.name} <span class="state${good ? ' good' : ''}">${good ? '✓' : '✗'} ${run.state}</span></h1>
<p class="soft">Run ${run.id}, ${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</p>
${run.message === undefined ? '' : html`<div class="message">${run.message}${run.hint === undefined ? '' : `\n${run.hint}`}</div>`}
${traceback(run)}
<div class="facts">
${fact(formatTime(run.durationMs ?? 0), 'whole run')}
${fact(String(run.exitCode ?? ''), run.cause === undefined ? 'exit code' : `exit code (${run.cause})`)}
${run.accounting && fact(formatNumber(run.accounting.loaded), `rows loaded of ${formatNumber(run.accounting.read)} read`)}
${run.checks.length === 0 ? '' : fact(`${formatNumber(held)} of ${formatNumber(run.checks.length)}`, `checks held${otherChecks(run)}`)}
${
  work && app
    ? fact(
        counted(
          app.stages.reduce((all, { tasks }) => all + tasks.length, 0),
          'task',
        ),
        `in ${counted(app.stages.length, 'stage')}, ${formatTime(work.taskMs)} of work`,
      )
    : ''
}
${work && work.coreMs > 0 ? fact(formatShare(Math.min(1, work.taskMs / work.coreMs)), `of ${counted(work.cores, 'core')} used`) : ''}
${run.cluster && fact(run.cluster.backend, run.cluster.workers === undefined ? 'backend' : `backend, ${counted(run.cluster.workers, 'worker')}`)}
</div>`;
}

function otherChecks({ checks: all }: RunRecord): string {
  return (['failed', 'warned', 'skipped'] as const)
    .map((each) => ({ each, count: all.filter(({ status }) => status === each).length }))
    .map(({ each, count }) => (count === 0 ? '' : `, ${formatNumber(count)} ${each}`))
    .join('');
}

function traceback({ scriptError }: RunRecord): Html | string {
  const lines = scriptError === undefined ? [] : ownTraceback(scriptError);
  if (lines.length === 0) return '';
  return html`<pre class="traceback">${lines.map(({ text, failed }) => (failed ? html`<b class="failed">${text}</b>\n` : `${text}\n`))}</pre>`;
}

function fact(value: string, label: string): Html {
  return html`<div class="fact"><b>${value}</b><span>${label}</span></div>\n`;
}

const gravity = { severe: 0, warning: 1, note: 2, fine: 3, unknown: 3 };

/** The gravest first. */
function advice({ diagnosis }: RunRecord, all: readonly Figure[] = []): Html | undefined {
  const figures = all
    .filter(({ advice: words }) => words !== undefined)
    .sort((a, b) => gravity[a.level] - gravity[b.level]);
  if (diagnosis === undefined && figures.length === 0) return undefined;
  return html`<ul class="advice">${diagnosis && html`<li><b class="failed">✗ ${diagnosis.message}.</b> ${diagnosis.hint}</li>\n`}${figures.map(({ level, advice: words }) => html`<li><b class="${levels[level].kind}">${levels[level].mark} ${levels[level].word}</b> ${words}</li>\n`)}</ul>`;
}

function accounting({ read, reasons, added = 0, repaired = 0, ...parts }: Accounting): Html {
  const kinds = ['loaded', 'quarantined', 'duplicates', 'filtered'] as const;
  const sum = kinds.reduce((all, kind) => all + parts[kind], 0);
  const whole = Math.max(1, read + added);
  const because = Object.entries(reasons).filter(([, rows]) => rows > 0);
  const row = (rows: number, name: Html | string, kind?: string) =>
    html`<tr><th scope="row"${kind === undefined ? html` class="reason"` : ''}>${kind === undefined ? '' : html`<i class="swatch ${kind}"></i>`}${name}</th><td class="number">${formatNumber(rows)}</td><td class="number soft">${formatShare(rows / whole)}</td></tr>\n`;
  return html`<p><b>${formatNumber(read)} read</b>${added === 0 ? '' : ` and ${formatNumber(added)} added`}${sum === read + added ? ', and every one is accounted for.' : html`, <span class="failed">and ${formatNumber(sum)} accounted for: these numbers do not add up</span>`}${repaired === 0 ? '' : ` The job has repaired a value in ${counted(repaired, 'row')} of those that it has loaded.`}</p>
<div class="bar" aria-hidden="true">${kinds.filter((kind) => parts[kind] > 0).map((kind) => html`<i class="${kind}" style="width:${((100 * parts[kind]) / whole).toFixed(3)}%"></i>`)}</div>
<table class="narrow"><caption>Rows by what became of them</caption><thead><tr><th scope="col">Rows</th><th scope="col" class="number">Number</th><th scope="col" class="number">Share</th></tr></thead><tbody>
${kinds.map((kind) => html`${row(parts[kind], kind, kind)}${kind === 'quarantined' ? because.map(([reason, rows]) => row(rows, reason)) : ''}`)}</tbody></table>`;
}

function checks(all: RunRecord['checks']): Html | undefined {
  if (all.length === 0) return undefined;
  const marks = { held: '✓', warned: '!', failed: '✗', skipped: '–' };
  return scrolling(
    'Checks',
    html`<table><caption>What was checked, and the first rows that are wrong</caption><thead><tr><th scope="col" class="name">Outcome</th><th scope="col">Check</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead><tbody>
${all.map(
  ({ name, status, expected, found, detail, faulty }) =>
    html`<tr><td class="${status} name">${marks[status]} ${status}</td><th scope="row">${name}</th><td>${expected}</td><td class="detail">${found}${detail === undefined ? '' : `\n${detail}`}${faulty?.file === undefined ? '' : html`\n<a href="${faulty.file}">${describeFaultyRows(faulty, faulty.file)}</a>`}</td></tr>\n`,
)}</tbody></table>`,
  );
}

function quality(metrics: RunRecord['metrics'], series: readonly RunSeries[]): Html | undefined {
  const names = Object.entries(metrics ?? {});
  const charts = series.filter(({ points }) => points.length > 0);
  if (names.length === 0 && charts.length === 0) return undefined;
  return html`<div class="facts">${names.map(([name, value]) => fact(measure(value), name))}</div>
<div class="pictures">${charts.map((chart) => html`<figure><figcaption>${chart.name}</figcaption>${drawLineChart(chart)}</figure>\n`)}</div>`;
}

/** As images, not as part of the page: a script in a drawing is then never run. */
function drawings(pictures: readonly Picture[]): Html | undefined {
  if (pictures.length === 0) return undefined;
  return html`<div class="pictures">${pictures.map(({ name, svg }) => html`<figure><figcaption>${name}</figcaption><img alt="${name}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"></figure>\n`)}</div>`;
}

function phases(all: readonly RunPhase[]): Html | undefined {
  if (all.length === 0) return undefined;
  const whole = Math.max(1, ...all.map(({ durationMs }) => durationMs));
  return scrolling(
    'Phases',
    html`<table><caption>The phases of the run, from the beginning to the end</caption><thead><tr><th scope="col">Phase</th><th scope="col">Result</th><th scope="col" class="number">Time</th><td class="time"></td></tr></thead><tbody>
${all.map(
  ({ title, durationMs, outcome, summary }) =>
    html`<tr><th scope="row" class="name${outcome === 'failed' ? ' failed' : ''}">${title}</th><td>${summary ?? outcome}</td><td class="number">${formatTime(durationMs)}</td><td class="time"><div style="width:${((100 * durationMs) / whole).toFixed(2)}%"></div></td></tr>\n`,
)}</tbody></table>`,
  );
}

function origin(run: RunRecord, applications: readonly Application[], main: Application | undefined): Html {
  const near = (path: string) => {
    const short = relative(run.project, path);
    return short.startsWith('..') ? path : short;
  };
  const others = applications.length > 1 ? ` (the figures are those of ${main?.id}, which did most)` : '';
  const rows: readonly (readonly [string, string | Html | undefined])[] = [
    ['Script', near(run.job.script)],
    ['Manifest', run.job.manifest],
    ['Project', run.project],
    ['Started', run.startedAt],
    [
      'Application',
      run.applicationIds.length === 0 ? undefined : `${run.applicationIds.join(', ')}${others}`,
    ],
    [
      'Driver',
      run.driver?.start &&
        `${run.driver.start} start${run.driver.reason === undefined ? '' : ` (${run.driver.reason})`}`,
    ],
    ['Cluster', run.cluster && `${run.cluster.name}, ${run.cluster.master} (${run.cluster.reason})`],
    ['Database', run.database && `${near(run.database.path)}, table ${run.database.table}`],
    [
      'Versions',
      Object.entries(run.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['History server', run.cluster?.ephemeral ? undefined : run.links.history],
    ['Command', run.command.length === 0 ? undefined : html`<code>${run.command.join(' ')}</code>`],
  ];
  return html`<table class="narrow"><caption>The script, its surroundings and its command</caption><tbody>${rows.filter(([, text]) => text !== undefined).map(([label, text]) => html`<tr><th scope="row">${label}</th><td>${text}</td></tr>\n`)}</tbody></table>`;
}

function missing({ applicationIds }: RunRecord, told: ToldByLogs | undefined): Html | undefined {
  const problems = [
    ...(told?.problems ?? []),
    ...(told !== undefined && told.applications.length === 0 && applicationIds.length > 0
      ? ['There is no event log, so there are no stages, figures or plans here.']
      : []),
    ...(told?.applications ?? [])
      .filter(({ ended }) => !ended)
      .map(
        ({ id }) =>
          `The event log of ${id} has no end: the application was killed, or its end was not written.`,
      ),
  ];
  return problems.length === 0
    ? undefined
    : html`<ul>${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`;
}
