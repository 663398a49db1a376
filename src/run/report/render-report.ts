import { relative } from 'node:path';
import { describeFaultyRows } from '../../system/describe-phase.ts';
import { counted, formatNumber } from '../../system/format-number.ts';
import type { Accounting, RunPhase, RunRecord, RunSeries } from '../run-record.ts';
import { type Html, html } from './html.ts';
import { drawLineChart } from './line-chart.ts';
import { style } from './style.ts';

/** A drawing that a job left, as the text of an SVG file. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

const measure = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });

/** The report of a run: one page that needs no server, no network and no script. */
export function renderReport(run: RunRecord, pictures: readonly Picture[]): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${run.id}: ${run.state}</title>
<style>${{ html: style }}</style>
</head>
<body>
<main>
${heading(run)}
${run.accounting && accounting(run.accounting)}
${run.checks.length === 0 ? '' : checks(run.checks)}
${quality(run.metrics, run.series ?? [])}
${drawings(pictures)}
${phases(run.phases)}
${origin(run)}
</main>
</body>
</html>
`;
  return page.html;
}

function heading(run: RunRecord): Html {
  const held = run.checks.filter(({ status }) => status === 'held').length;
  const others = (['warned', 'skipped'] as const).flatMap((each) => {
    const count = run.checks.filter(({ status }) => status === each).length;
    return count === 0 ? [] : [`, ${formatNumber(count)} ${each}`];
  });
  return html`<h1>${run.job.name} <span class="state${run.state === 'succeeded' ? ' good' : ''}">${run.state}</span></h1>
<p class="soft">${run.id}</p>
${run.message === undefined ? '' : html`<div class="message">${run.message}${run.hint === undefined ? '' : `\n${run.hint}`}</div>`}
<div class="facts">
${fact(seconds(run.durationMs ?? 0), 'whole run')}
${fact(String(run.exitCode ?? ''), run.cause === undefined ? 'exit code' : `exit code (${run.cause})`)}
${run.accounting && fact(formatNumber(run.accounting.loaded), 'rows loaded')}
${run.checks.length === 0 ? '' : fact(`${formatNumber(held)} of ${formatNumber(run.checks.length)}`, `checks held${others.join('')}`)}
${run.cluster && fact(run.cluster.backend, run.cluster.workers === undefined ? 'backend' : `backend, ${counted(run.cluster.workers, 'worker')}`)}
</div>`;
}

function fact(value: string, label: string): Html {
  return html`<div class="fact"><b>${value}</b><span>${label}</span></div>\n`;
}

function accounting({ read, reasons, added = 0, repaired = 0, ...parts }: Accounting): Html {
  const kinds = ['loaded', 'quarantined', 'duplicates', 'filtered'] as const;
  const sum = kinds.reduce((all, kind) => all + parts[kind], 0);
  const because = Object.entries(reasons).filter(([, rows]) => rows > 0);
  return html`<h2>Where every row went</h2>
<p>${formatNumber(read)} read${added === 0 ? '' : ` and ${formatNumber(added)} added`}${sum === read + added ? '' : html`, <span class="failed">and ${formatNumber(sum)} accounted for: these numbers do not add up</span>`}${repaired === 0 ? '' : `. The job has repaired a value in ${counted(repaired, 'row')} of those that it has loaded.`}</p>
<div class="bar">${kinds.filter((kind) => parts[kind] > 0).map((kind) => html`<i class="${kind}" style="width:${((100 * parts[kind]) / Math.max(1, read + added)).toFixed(3)}%"></i>`)}</div>
<div class="legend">${kinds.map((kind) => html`<span><i class="${kind}"></i>${formatNumber(parts[kind])} ${kind}</span>`)}</div>
${
  because.length === 0
    ? ''
    : html`<table><tr><th>Why a row is in quarantine</th><th class="number">Rows</th></tr>
${because.map(([reason, rows]) => html`<tr><td>${reason}</td><td class="number">${formatNumber(rows)}</td></tr>\n`)}</table>`
}`;
}

function checks(all: RunRecord['checks']): Html {
  const marks = { held: '✓', warned: '!', failed: '✗', skipped: '–' };
  return html`<h2>Checks</h2>
<table><tr><th></th><th>Check</th><th>Expected</th><th>Found</th></tr>
${all.map(
  ({ name, status, expected, found, detail, faulty }) =>
    html`<tr><td class="${status}" title="${status}">${marks[status]}</td><td class="name">${name}</td><td>${expected}</td><td class="detail">${found}${detail === undefined ? '' : `\n${detail}`}${faulty?.file === undefined ? '' : html`\n<a href="${faulty.file}">${describeFaultyRows(faulty, faulty.file)}</a>`}</td></tr>\n`,
)}</table>`;
}

function quality(metrics: RunRecord['metrics'], series: readonly RunSeries[]): Html | string {
  const names = Object.entries(metrics ?? {});
  const charts = series.filter(({ points }) => points.length > 0);
  if (names.length === 0 && charts.length === 0) return '';
  return html`<h2>What the job measured</h2>
<div class="facts">${names.map(([name, value]) => fact(measure.format(value), name))}</div>
<div class="pictures" style="margin-top:16px">${charts.map((chart) => html`<figure><figcaption>${chart.name}</figcaption>${drawLineChart(chart)}</figure>\n`)}</div>`;
}

/** As images, not as part of the page: a script in a drawing is then never run. */
function drawings(pictures: readonly Picture[]): Html | string {
  if (pictures.length === 0) return '';
  return html`<h2>What the job drew</h2>
<div class="pictures">${pictures.map(({ name, svg }) => html`<figure><figcaption>${name}</figcaption><img alt="${name}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"></figure>\n`)}</div>`;
}

function phases(all: readonly RunPhase[]): Html | string {
  if (all.length === 0) return '';
  const whole = Math.max(1, ...all.map(({ durationMs }) => durationMs));
  return html`<h2>Where the time went</h2>
<table><tr><th>Phase</th><th>What</th><th class="number">Time</th><th></th></tr>
${all.map(
  ({ title, durationMs, outcome, summary }) =>
    html`<tr><td class="name${outcome === 'failed' ? ' failed' : ''}">${title}</td><td>${summary ?? outcome}</td><td class="number">${seconds(durationMs)}</td><td class="time"><div style="width:${((100 * durationMs) / whole).toFixed(2)}%"></div></td></tr>\n`,
)}</table>`;
}

function origin(run: RunRecord): Html {
  const near = (path: string) => {
    const short = relative(run.project, path);
    return short.startsWith('..') ? path : short;
  };
  const rows: readonly (readonly [string, string | Html | undefined])[] = [
    ['Script', near(run.job.script)],
    ['Manifest', run.job.manifest],
    ['Project', run.project],
    ['Started', run.startedAt],
    ['Application', run.applicationIds.join(', ') || undefined],
    ['Cluster', run.cluster && `${run.cluster.name}, ${run.cluster.master} (${run.cluster.reason})`],
    ['Database', run.database && `${near(run.database.path)}, table ${run.database.table}`],
    [
      'Versions',
      Object.entries(run.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['History server', run.cluster?.ephemeral ? undefined : run.links.history],
  ];
  return html`<h2>Where it came from</h2>
<table>${rows.filter(([, text]) => text !== undefined).map(([label, text]) => html`<tr><th>${label}</th><td>${text}</td></tr>\n`)}</table>
${run.command.length === 0 ? '' : html`<h2>Command</h2><pre>${run.command.join(' ')}</pre>`}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
