import { counted, formatNumber } from '../../system/format-number.ts';
import type { Application, Query } from '../events/application.ts';
import type { Analysis, Figure, SummedStage } from './figures.ts';
import { type Html, html } from './html.ts';
import { type Section, scrolling } from './page.ts';
import { drawPlan } from './plan-tree.ts';
import { type Quantiles, skewOf, spanOf } from './stage-sums.ts';
import { type Colours, coloursOf, drawTimeline, otherColour, shortStageName } from './timeline.ts';
import { formatBytes, formatShare, formatTime, formatTimes } from './units.ts';
import type { Work } from './work.ts';

const stagesAtOnce = 15;
const mostStages = 300;
const mostQueries = 50;

/** The sections that an event log gives. */
export function sparkSections({ app, stages, work, figures: all }: Analysis): readonly Section[] {
  const colours = coloursOf(stages);
  const main = mainQuery(app);
  const has = stages.length > 0;
  return [
    ...(has
      ? [
          {
            id: 'timeline',
            title: 'Stages, tasks and executors over time',
            body: drawTimeline(app, stages, work, colours),
          },
        ]
      : []),
    { id: 'figures', title: 'Figures', body: html`${figures(all)}${estimates(work)}` },
    ...(has ? [{ id: 'stages', title: 'Stages', body: stageTables(stages, colours) }] : []),
    ...(main === undefined
      ? []
      : [{ id: 'plan', title: 'Plan of the longest query', body: plan(main, app) }]),
    { id: 'configuration', title: 'Configuration', body: configuration(app) },
  ];
}

/** A mark and a word: colour alone would tell some readers nothing. */
export const levels: Readonly<
  Record<Figure['level'], { readonly mark: string; readonly word: string; readonly kind: string }>
> = {
  fine: { mark: '✓', word: 'fine', kind: 'held' },
  note: { mark: 'i', word: 'note', kind: 'note' },
  warning: { mark: '!', word: 'warning', kind: 'warned' },
  severe: { mark: '✗', word: 'severe', kind: 'failed' },
  unknown: { mark: '–', word: 'not known', kind: 'skipped' },
};

function figures(all: readonly Figure[]): Html {
  return scrolling(
    'Figures',
    html`<table><caption>What Spark's event log says, and the limit beyond which a figure deserves a look</caption>
<thead><tr><th scope="col">Figure</th><th scope="col">Here</th><th scope="col">Limit</th><th scope="col">Verdict</th></tr></thead><tbody>
${all.map(({ id, name, value, shown, limit, level }) => html`<tr><th scope="row">${name}</th><td><data id="figure-${id}" value="${value ?? ''}">${shown}</data></td><td class="soft">${limit}</td><td class="${levels[level].kind} name">${limit === '–' ? '' : `${levels[level].mark} ${levels[level].word}`}</td></tr>\n`)}</tbody></table>`,
  );
}

function estimates({ estimates: all, wallMs }: Work): Html | string {
  const [fewest, most] = [all[0], all.at(-1)];
  if (fewest === undefined || most === undefined) return '';
  if (most.ms > fewest.ms * 0.97)
    return html`<p>With ${counted(fewest.executors, 'executor')} or ${formatNumber(most.executors)} this work would take the same: at least ${formatTime(most.ms)}.</p>`;
  return html`<p>With no gap between tasks, and the longest task of each stage as long as it was, this work would take at least:</p>
<ul class="estimates">${all.map(({ executors, ms }) => html`<li><b>${formatTime(ms)}</b> with ${counted(executors, 'executor')}</li>`)}<li class="soft">It took ${formatTime(wallMs)}.</li></ul>`;
}

function stageTables(stages: readonly SummedStage[], colours: Colours): Html {
  const lasted = ({ stage }: SummedStage) => spanOf(stage)[1] - spanOf(stage)[0];
  const ranked = [...stages].sort((a, b) => lasted(b) - lasted(a));
  const [first, others] = [ranked.slice(0, stagesAtOnce), ranked.slice(stagesAtOnce, mostStages)];
  const failed = stages.filter(({ stage }) => stage.failure !== undefined);
  return html`${failed.slice(0, 5).map(({ stage }) => html`<div class="message"><b>Stage ${stage.id} failed</b>\n${firstLines(stage.failure ?? '')}</div>`)}
${stageTable(first, colours, first.length < stages.length ? `The ${formatNumber(first.length)} slowest of ${counted(stages.length, 'stage')}` : 'All stages, the slowest first')}
${others.length === 0 ? '' : html`<details><summary>${counted(others.length, 'other stage')}</summary>${stageTable(others, colours, 'The other stages, the slowest first')}</details>`}
${ranked.length > mostStages ? html`<p class="soft">${counted(ranked.length - mostStages, 'stage')} more, each quicker than these.</p>` : ''}`;
}

function firstLines(text: string): string {
  const lines = text.split('\n');
  return `${lines.slice(0, 6).join('\n').slice(0, 2000)}${lines.length > 6 ? '\n…' : ''}`;
}

function stageTable(stages: readonly SummedStage[], colours: Colours, caption: string): Html {
  const longest = stages.reduce((most, { sums }) => Math.max(most, sums.times.max), 1);
  return scrolling(
    caption,
    html`<table class="stages"><caption>${caption}. The line shows the times of a stage's tasks on one scale: the box is the middle half.</caption>
<thead><tr><th scope="col">Stage</th><th scope="col" class="number">Time</th><th scope="col" class="number">Tasks</th><th scope="col">Times of tasks</th><th scope="col" class="number">Median</th><th scope="col" class="number">Longest</th><th scope="col" class="number">Skew</th><th scope="col" class="number">Input</th><th scope="col" class="number">Shuffle read</th><th scope="col" class="number">Shuffle write</th><th scope="col" class="number">Spill</th><th scope="col" class="number">GC</th></tr></thead><tbody>
${stages.map((each) => stageRow(each, colours.get(each.stage) ?? otherColour, longest))}</tbody></table>`,
  );
}

function stageRow({ stage, sums }: SummedStage, colour: number, longest: number): Html {
  const [from, to] = spanOf(stage);
  const ratio = skewOf(sums);
  const { times } = sums;
  const cell = (what: string, value: number, shown: string) =>
    html`<td class="number"><data class="${what}" value="${value}">${shown}</data></td>`;
  const bytes = (what: string, value: number) => cell(what, value, value === 0 ? '' : formatBytes(value));
  const isSkewed = ratio !== undefined && ratio > 3 && times.max > 500;
  return html`<tr data-stage="${stage.id}.${stage.attempt}"><th scope="row" class="stage"><i class="swatch c${colour}"></i>${stage.id}${stage.attempt > 0 ? ` (attempt ${stage.attempt + 1})` : ''} <span>${shortStageName(stage.name)}</span></th>${cell('time', to - from, formatTime(to - from))}<td class="number"><data class="tasks" value="${sums.tasks}">${formatNumber(sums.tasks)}</data>${sums.failed > 0 ? html` <span class="failed">(${formatNumber(sums.failed)} failed)</span>` : ''}<data class="run" value="${sums.runMs}" hidden></data></td><td>${drawSpread(times, longest)}</td>${cell('median', times.p50, formatTime(times.p50))}${cell('longest', times.max, formatTime(times.max))}<td class="number${isSkewed ? ' warned' : ''}"><data class="skew" value="${ratio ?? ''}">${ratio === undefined ? '' : `${formatTimes(ratio)}${isSkewed ? ' !' : ''}`}</data></td>${bytes('input', sums.inputBytes)}${bytes('shuffle-read', sums.shuffleReadBytes)}${bytes('shuffle-write', sums.shuffleWriteBytes)}${bytes('spill', sums.diskSpilledBytes)}${cell('gc', sums.gcMs, sums.runMs === 0 ? '' : formatShare(Math.min(1, sums.gcMs / sums.runMs)))}</tr>\n`;
}

function drawSpread({ min, p25, p50, p75, max }: Quantiles, longest: number): Html {
  const x = (ms: number) => Math.round((ms / longest) * 1180) / 10 + 1;
  return html`<svg class="spread" width="120" height="14" role="img" aria-label="from ${formatTime(min)} to ${formatTime(max)}, half of them from ${formatTime(p25)} to ${formatTime(p75)}"><path class="whisker" d="M${x(min)} 7H${x(max)}"/><path class="box" d="M${x(p25)} 7H${Math.max(x(p75), x(p25) + 1)}"/><path class="middle" d="M${x(p50)} 1V13"/></svg>`;
}

function mainQuery({ queries }: Application): Query | undefined {
  const lasted = ({ startedAt, endedAt = startedAt }: Query) => endedAt - startedAt;
  return queries.reduce<Query | undefined>(
    (best, each) => (each.plan === undefined || (best && lasted(best) >= lasted(each)) ? best : each),
    undefined,
  );
}

function plan(main: Query, { queries, jobs }: Application): Html {
  const time = (query: Query) =>
    query.endedAt === undefined ? 'not ended' : formatTime(query.endedAt - query.startedAt);
  const others = queries.filter((query) => query !== main);
  return html`<p>Query ${main.id}, “${main.description.slice(0, 200)}”: ${time(main)}. Each operator shows the time that all its tasks together spent, as far as Spark measures it, and is coloured by it. The result is on top, the sources are below.</p>
${main.error ? html`<div class="message">${firstLines(main.error)}</div>` : ''}
${main.plan && drawPlan(main.plan)}
${
  others.length === 0
    ? ''
    : html`<details><summary>${counted(others.length, 'other query').replace('querys', 'queries')}</summary>${scrolling(
        'Other queries',
        html`<table><caption>Other queries${others.length > mostQueries ? `, the first ${mostQueries}` : ''}</caption><thead><tr><th scope="col">Query</th><th scope="col">Description</th><th scope="col" class="number">Jobs</th><th scope="col" class="number">Time</th></tr></thead><tbody>
${others.slice(0, mostQueries).map((query) => html`<tr><td>${query.id}</td><td>${query.description.slice(0, 200)}${query.error ? html` <span class="failed">failed</span>` : ''}</td><td class="number">${jobs.filter((job) => job.query === query.id).length}</td><td class="number">${time(query)}</td></tr>\n`)}</tbody></table>`,
      )}</details>`
}`;
}

/** Properties that a person may have set. Those that could hold a secret stay away: addresses, Java options, files. */
const worthShowing =
  /^spark\.(?:master$|app\.name$|submit\.deployMode$|executor\.(?!extra)|driver\.(?:memory|cores|maxResultSize)|cores\.max$|default\.parallelism$|sql\.|shuffle\.|memory\.|dynamicAllocation\.|task\.|speculation|serializer$|locality\.|rdd\.compress|io\.compression|python\.worker|network\.timeout$|pyspark\.)/;
const unlikely = /secret|passw|token|key|credential|url|options|artifact/i;

/** The properties of an application that a report shows. */
export function shownProperties({ properties }: Application): ReadonlyMap<string, string> {
  const shown = Object.entries(properties)
    .filter(([name]) => worthShowing.test(name) && !unlikely.test(name))
    .sort(([a], [b]) => a.localeCompare(b))
    .slice(0, 200);
  return new Map(shown.map(([name, value]) => [name, value.slice(0, 300)]));
}

function configuration(app: Application): Html {
  const { sparkVersion, executors } = app;
  return scrolling(
    'Configuration',
    html`<table><caption>What this application was given${sparkVersion === undefined ? '' : `, Spark ${sparkVersion}`}, ${counted(executors.length, 'executor')}. Everything else has Spark's default.</caption><thead><tr><th scope="col">Property</th><th scope="col">Value</th></tr></thead><tbody>
${[...shownProperties(app)].map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`,
  );
}
