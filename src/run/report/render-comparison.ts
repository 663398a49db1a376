import { counted, formatChange, formatExactly, formatNumber } from '../../system/format-number.ts';
import type { ToldByLogs } from '../events/read-applications.ts';
import { type Difference, diffRuns } from '../record/diff-runs.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type Analysis, analyseMain, type SummedStage } from './figures.ts';
import { type Html, html } from './html.ts';
import { renderPage, type Section, scrolling } from './page.ts';
import { levels, shownProperties } from './spark-sections.ts';
import { spanOf } from './stage-sums.ts';
import { shortStageName } from './timeline.ts';
import { formatBytes, formatTime } from './units.ts';

/** A run with what its event logs tell. */
export interface ToldRun {
  readonly run: RunRecord;
  readonly told: ToldByLogs;
}

const mostStages = 60;

/** Two runs side by side: one page, as a report is. */
export function renderComparison(a: ToldRun, b: ToldRun): string {
  const [one, other] = [analyseMain(a.told.applications), analyseMain(b.told.applications)];
  const { differences, same } = diffRuns(a.run, b.run);
  return renderPage(`${a.run.id} and ${b.run.id}`, heading(a.run, b.run), [
    { id: 'facts', title: 'Results, times and settings', body: facts(differences, same) },
    ...(one === undefined || other === undefined ? [] : sparkSections(one, other)),
  ]);
}

function heading(a: RunRecord, b: RunRecord): Html {
  const card = (letter: string, run: RunRecord) =>
    html`<div class="fact"><b>${letter}: ${formatTime(run.durationMs ?? 0)}</b><span>${run.job.name} ${run.state}, ${run.id}</span></div>\n`;
  const [before, after] = [a.durationMs ?? 0, b.durationMs ?? 0];
  const words =
    before === 0 || after === 0
      ? ''
      : after <= before
        ? `B took ${formatTime(before - after)} less, ${ratio(before, after)} as fast.`
        : `B took ${formatTime(after - before)} more, ${ratio(after, before)} as long.`;
  return html`<h1>Two runs</h1>
<p>${words}</p>
<div class="facts">${card('A', a)}${card('B', b)}</div>`;
}

function ratio(more: number, less: number): string {
  return `${(more / less).toFixed(2)} times`;
}

function facts(differences: readonly Difference[], same: number): Html {
  const show = (value: string | number | undefined) =>
    value === undefined ? '–' : typeof value === 'number' ? formatExactly(value) : value;
  if (differences.length === 0) return html`<p>They are the same in all ${counted(same, 'fact')}.</p>`;
  return html`${scrolling(
    'What differs',
    html`<table><caption>What differs. ${counted(same, 'other fact')} ${same === 1 ? 'is' : 'are'} the same.</caption>
<thead><tr><th scope="col">Fact</th><th scope="col">A</th><th scope="col">B</th><th scope="col" class="number">Change</th></tr></thead><tbody>
${differences.map(({ what, a, b, change }) => html`<tr><th scope="row">${what}</th><td>${show(a)}</td><td>${show(b)}</td><td class="number">${change === undefined ? '' : formatChange(change)}</td></tr>\n`)}</tbody></table>`,
  )}`;
}

function sparkSections(one: Analysis, other: Analysis): readonly Section[] {
  return [
    { id: 'figures', title: 'Figures', body: figures(one, other) },
    { id: 'stages', title: 'Stages', body: stages(one.stages, other.stages) },
    { id: 'configuration', title: 'Configuration', body: configuration(one, other) },
  ];
}

function figures(one: Analysis, other: Analysis): Html {
  const mark = (analysis: Analysis, id: string) => {
    const figure = analysis.figures.find((each) => each.id === id);
    if (figure === undefined) return html`<td></td>`;
    const { kind, mark: sign, word } = levels[figure.level];
    const verdict =
      figure.limit === '–' || figure.level === 'fine' ? '' : html` <b class="${kind}">${sign} ${word}</b>`;
    return html`<td>${figure.shown}${verdict}</td>`;
  };
  return scrolling(
    'Figures',
    html`<table><caption>What Spark's event logs say</caption><thead><tr><th scope="col">Figure</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>
${one.figures.map(({ id, name }) => html`<tr><th scope="row">${name}</th>${mark(one, id)}${mark(other, id)}</tr>\n`)}</tbody></table>`,
  );
}

/** Stages of two runs belong together when they have the same name, the first to the first, the second to the second. */
function paired(one: readonly SummedStage[], other: readonly SummedStage[]) {
  const pairs = new Map<string, { name: string; a?: SummedStage; b?: SummedStage }>();
  for (const [side, all] of [
    ['a', one],
    ['b', other],
  ] as const) {
    const seen = new Map<string, number>();
    for (const each of all) {
      const name = shortStageName(each.stage.name);
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const key = `${count} ${name}`;
      pairs.set(key, { ...(pairs.get(key) ?? { name }), [side]: each });
    }
  }
  return [...pairs.values()];
}

function stages(one: readonly SummedStage[], other: readonly SummedStage[]): Html {
  const lasted = (each: SummedStage | undefined) => {
    if (each === undefined) return undefined;
    const [from, to] = spanOf(each.stage);
    return to - from;
  };
  const ranked = paired(one, other)
    .map((pair) => ({ ...pair, before: lasted(pair.a), after: lasted(pair.b) }))
    .sort((x, y) => Math.max(y.before ?? 0, y.after ?? 0) - Math.max(x.before ?? 0, x.after ?? 0));
  const longest = Math.max(
    1,
    ...ranked.slice(0, 1).map(({ before = 0, after = 0 }) => Math.max(before, after)),
  );
  const bar = (ms: number | undefined, colour: number) =>
    ms === undefined
      ? ''
      : html`<path class="c${colour}" d="M0 ${colour * 7 + 3}h${Math.max(1, (ms / longest) * 120).toFixed(1)}"/>`;
  const cell = (value: number | undefined, format: (value: number) => string) =>
    html`<td class="number">${value === undefined ? '–' : format(value)}</td>`;
  return scrolling(
    'Stages',
    html`<table class="stages"><caption>Stages of the same name side by side, the slowest first${ranked.length > mostStages ? `: ${mostStages} of ${formatNumber(ranked.length)}` : ''}. The upper bar is A.</caption>
<thead><tr><th scope="col">Stage</th><th scope="col" class="number">A</th><th scope="col" class="number">B</th><th scope="col">Time</th><th scope="col" class="number">Tasks A</th><th scope="col" class="number">Tasks B</th><th scope="col" class="number">Longest A</th><th scope="col" class="number">Longest B</th><th scope="col" class="number">Shuffled A</th><th scope="col" class="number">Shuffled B</th></tr></thead><tbody>
${ranked.slice(0, mostStages).map(({ name, a, b, before, after }) => html`<tr><th scope="row">${name}</th>${cell(before, formatTime)}${cell(after, formatTime)}<td><svg class="marks" width="120" height="14" stroke-width="5" aria-hidden="true">${bar(before, 0)}${bar(after, 1)}</svg></td>${cell(a?.sums.tasks, formatNumber)}${cell(b?.sums.tasks, formatNumber)}${cell(a?.sums.times.max, formatTime)}${cell(b?.sums.times.max, formatTime)}${cell(a?.sums.shuffleWriteBytes, formatBytes)}${cell(b?.sums.shuffleWriteBytes, formatBytes)}</tr>\n`)}</tbody></table>`,
  );
}

function configuration({ app: one }: Analysis, { app: other }: Analysis): Html {
  const [before, after] = [shownProperties(one), shownProperties(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
  if (names.length === 0)
    return html`<p>The properties of both are the same, as far as reports show them.</p>`;
  return scrolling(
    'Configuration',
    html`<table><caption>Properties that differ</caption><thead><tr><th scope="col">Property</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>
${names.map((name) => html`<tr><th scope="row">${name}</th><td>${before.get(name) ?? '–'}</td><td>${after.get(name) ?? '–'}</td></tr>\n`)}</tbody></table>`,
  );
}
