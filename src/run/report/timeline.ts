import { counted, formatNumber } from '../../system/format-number.ts';
import type { Application, Executor, TaskAttempt } from '../events/application.ts';
import type { SummedStage } from './figures.ts';
import { type Html, html } from './html.ts';
import { niceTicks } from './line-chart.ts';
import { spanOf } from './stage-sums.ts';
import { formatBytes, formatShare, formatTime } from './units.ts';
import type { Work } from './work.ts';

/** Each stage's colour: those that took most of the tasks' time have one of their own. */
export type Colours = ReadonlyMap<SummedStage['stage'], number>;

/** The colour that all other stages have. */
export const otherColour = 6;

/** The width of a drawing in its own units. It is stretched to the page, and what is written beside it is not. */
const width = 1000;
/** Shorter marks could not be seen. */
const leastMark = 1.5;
const mostExecutors = 32;
const mostLanes = 24;
const bins = 200;

/** Gives colours to the stages in which most time was spent. */
export function coloursOf(stages: readonly SummedStage[]): Colours {
  const spent = ({ stage }: SummedStage) =>
    stage.tasks.reduce((all, task) => all + task.finishedAt - task.launchedAt, 0);
  const ranked = stages
    .map((each) => ({ each, ms: spent(each) }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ each }) => each);
  return new Map(ranked.map(({ stage }, rank) => [stage, Math.min(rank, otherColour)]));
}

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly title: string;
  readonly long?: boolean;
}

/** Draws when stages and tasks ran, on which executor, and how many of the cores were busy. */
export function drawTimeline(
  app: Application,
  stages: readonly SummedStage[],
  work: Work,
  colours: Colours,
): Html {
  const place = (at: number) =>
    Math.min(width, Math.max(0, ((at - app.startedAt) / Math.max(1, work.wallMs)) * width));
  const perExecutor = new Map<string, Mark[]>();
  for (const { stage, sums } of stages) {
    for (const task of stage.tasks) {
      const marks = perExecutor.get(task.executor) ?? [];
      perExecutor.set(task.executor, marks);
      marks.push(markOf(task, stage.id, colours.get(stage) ?? otherColour, sums.times.p50));
    }
  }
  const known = new Map(app.executors.map((executor) => [executor.id, executor]));
  for (const id of perExecutor.keys())
    if (!known.has(id)) known.set(id, { id, host: '', cores: 0, addedAt: app.startedAt });
  const timeIn = (marks: readonly Mark[] = []) => marks.reduce((all, { from, to }) => all + to - from, 0);
  const all = [...known.values()].map((executor) => ({
    executor,
    busyMs: timeIn(perExecutor.get(executor.id)),
  }));
  const shown = [...all].sort((a, b) => b.busyMs - a.busyMs).slice(0, mostExecutors);
  const inOrder = shown.sort((a, b) => a.executor.id.localeCompare(b.executor.id, 'en', { numeric: true }));
  const tasks = stages.flatMap(({ stage }) => stage.tasks);
  return html`<figure class="timeline" aria-labelledby="timeline-words">
<figcaption id="timeline-words" class="soft">${counted(stages.length, 'stage')} and ${counted(tasks.length, 'task')} over ${formatTime(work.wallMs)}. Each bar of an executor is a task in the colour of its stage; one that is underlined took more than three times the median of its stage.</figcaption>
${legend(stages, colours)}
${axis(work.wallMs)}
${row('Stages', '', drawMarks(stageMarks(stages, colours), place, 'The stages, one bar each'))}
${row('Busy cores', `of ${formatNumber(work.cores)}`, drawBusy(tasks, app, work))}
${readRow(tasks, app, work)}
${inOrder.map(({ executor, busyMs }) => row(`Executor ${executor.id}`, shareOf(executor, busyMs, app), drawMarks(perExecutor.get(executor.id) ?? [], place, `The tasks of executor ${executor.id}: ${counted(perExecutor.get(executor.id)?.length ?? 0, 'task')}`, executor)))}
${all.length > shown.length ? html`<p class="soft">These are the ${formatNumber(shown.length)} executors of ${formatNumber(all.length)} that did most.</p>` : ''}
</figure>`;
}

function markOf(task: TaskAttempt, stage: number, colour: number, median: number): Mark {
  const { launchedAt: from, finishedAt: to, outcome } = task;
  const kind = outcome === 'failed' ? 'bad' : outcome === 'killed' ? 'cut' : `c${colour}`;
  const title = `Stage ${stage}${outcome === 'succeeded' ? '' : `, ${outcome}`}`;
  return { from, to, kind, title, long: to - from > 3 * median && to - from > 500 };
}

function stageMarks(stages: readonly SummedStage[], colours: Colours): readonly Mark[] {
  return stages.map(({ stage }) => {
    const [from, to] = spanOf(stage);
    const kind = stage.failure === undefined ? `c${colours.get(stage) ?? otherColour}` : 'bad';
    return { from, to, kind, title: `Stage ${stage.id}` };
  });
}

function row(label: string, more: string, drawing: Html): Html {
  return html`<div class="track"><div class="label">${label}<small>${more}</small></div>${drawing}</div>\n`;
}

function shareOf({ host, cores, addedAt, removedAt }: Executor, busyMs: number, app: Application): string {
  const there = cores * ((removedAt ?? app.endedAt) - addedAt);
  return [host, there > 0 ? `${formatShare(Math.min(1, busyMs / there))} busy` : '']
    .filter(Boolean)
    .join(', ');
}

function legend(stages: readonly SummedStage[], colours: Colours): Html {
  const named = stages
    .map((each) => ({ ...each, colour: colours.get(each.stage) ?? otherColour }))
    .filter(({ colour }) => colour < otherColour)
    .sort((a, b) => a.colour - b.colour);
  return html`<ul class="legend">${named.map(({ stage, colour }) => html`<li><i class="swatch c${colour}"></i>Stage ${stage.id}: ${shortStageName(stage.name)}</li>`)}${stages.length > named.length ? html`<li><i class="swatch c${otherColour}"></i>${counted(stages.length - named.length, 'other stage')}</li>` : ''}${stages.some(({ stage, sums }) => sums.failed > 0 || stage.failure !== undefined) ? html`<li><i class="swatch bad"></i>failed</li>` : ''}</ul>`;
}

/** A stage's name without the folder of its script. */
export function shortStageName(name: string): string {
  const short = name.replace(/(?<= at ).*\//, '');
  return short.length > 60 ? `${short.slice(0, 60)}…` : short;
}

function axis(wallMs: number): Html {
  const { ticks } = niceTicks([0, wallMs / 1000], 5);
  const marks = ticks.filter((tick) => tick * 1000 <= wallMs * 0.93);
  return html`<div class="track" aria-hidden="true"><div></div><div class="ticks">${marks.map((tick) => html`<span style="left:${(100_000 * tick) / Math.max(1, wallMs)}%">${formatTime(tick * 1000)}</span>`)}</div></div>`;
}

interface Path {
  readonly kind: string;
  readonly title: string;
  readonly parts: string[];
  /** The end of the last mark in each lane. */
  readonly ends: Map<number, number>;
  count: number;
  ms: number;
}

/** Marks in as many lanes as ran at once. All of a kind and stage are one path: thousands of tasks take a few bytes each. */
function drawMarks(
  marks: readonly Mark[],
  place: (at: number) => number,
  label: string,
  executor?: Executor,
): Html {
  const lanes: number[] = [];
  const paths = new Map<string, Path>();
  const inLane = [...marks]
    .sort((a, b) => a.from - b.from)
    .map((mark) => {
      const free = lanes.findIndex((until) => until <= mark.from);
      const lane = free < 0 ? lanes.length : free;
      lanes[lane] = mark.to;
      return { ...mark, lane: lane % mostLanes };
    });
  const height = Math.max(1, Math.min(lanes.length, mostLanes));
  const each = height > 8 ? 6 : 12;
  const underlined: string[] = [];
  for (const { from, to, kind, title, lane, long: isLong } of inLane) {
    const key = `${kind}|${title}`;
    const path: Path = paths.get(key) ?? { kind, title, count: 0, ms: 0, parts: [], ends: new Map() };
    paths.set(key, path);
    path.count += 1;
    path.ms += to - from;
    const [x, end] = [place(from), place(to)];
    // What would lie on the last mark adds nothing to the picture.
    if (end <= (path.ends.get(lane) ?? -1)) continue;
    const long = Math.max(leastMark, end - x - 0.6);
    path.ends.set(lane, x + long);
    if (isLong) underlined.push(`M${rounded(x)} ${(lane + 1) * each - 1.5}h${rounded(long)}`);
    path.parts.push(`M${rounded(x)} ${lane * each + each / 2}h${rounded(long)}`);
  }
  const there =
    executor === undefined
      ? undefined
      : [place(executor.addedAt), place(executor.removedAt ?? Number.MAX_SAFE_INTEGER)];
  return html`<svg class="marks" viewBox="0 0 ${width} ${height * each}" height="${height * each}" preserveAspectRatio="none" role="img" aria-label="${label}" stroke-width="${each - 2}">${there && html`<rect class="there" x="${rounded(there[0] ?? 0)}" width="${rounded(Math.max(0, (there[1] ?? 0) - (there[0] ?? 0)))}" height="${height * each}"/>`}${[...paths.values()].map(({ kind, title, count, ms, parts }) => html`<path class="${kind}" d="${parts.join('')}"><title>${title}${count > 1 ? `: ${counted(count, 'task')}, ${formatTime(ms)} together` : `: ${formatTime(ms)}`}</title></path>`)}${underlined.length === 0 ? '' : html`<path class="underline" d="${underlined.join('')}"/>`}</svg>`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function drawBusy(tasks: readonly TaskAttempt[], app: Application, work: Work): Html {
  const shares = spread(tasks, app, work, ({ finishedAt, launchedAt }) => finishedAt - launchedAt).map(
    (ms) => ms / (work.wallMs / bins) / Math.max(1, work.cores),
  );
  const mean = work.taskMs / Math.max(1, work.wallMs) / Math.max(1, work.cores);
  return drawArea(
    shares,
    1,
    `The share of the cores that were busy over time, ${formatShare(mean)} on average`,
    'c0',
  );
}

/** Bytes that tasks have read, from files and from other stages, over time. */
function readRow(tasks: readonly TaskAttempt[], app: Application, work: Work): Html {
  const bytes = spread(tasks, app, work, ({ inputBytes, shuffleReadBytes }) => inputBytes + shuffleReadBytes);
  const rates = bytes.map((each) => each / Math.max(0.001, work.wallMs / bins / 1000));
  const peak = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const words = `at most ${formatBytes(peak)}/s`;
  return row('Data read', words, drawArea(rates, peak || 1, `The data read over time, ${words}`, 'c1'));
}

/** An amount of every task, spread evenly over its time. */
function spread(
  tasks: readonly TaskAttempt[],
  { startedAt }: Application,
  { wallMs }: Work,
  amount: (task: TaskAttempt) => number,
): readonly number[] {
  const values = new Array<number>(bins).fill(0);
  const binMs = Math.max(1, wallMs) / bins;
  for (const task of tasks) {
    const from = Math.max(0, (task.launchedAt - startedAt) / binMs);
    const to = Math.min(bins, Math.max(from + 1e-9, (task.finishedAt - startedAt) / binMs));
    for (let bin = Math.floor(from); bin < to; bin += 1)
      values[bin] =
        (values[bin] ?? 0) + (amount(task) * (Math.min(bin + 1, to) - Math.max(bin, from))) / (to - from);
  }
  return values.slice(0, bins);
}

function drawArea(values: readonly number[], most: number, label: string, kind: string): Html {
  const step = width / bins;
  const y = (value: number) => rounded(32 - Math.min(1, value / most) * 30);
  const line = values.map((value) => `V${y(value)}h${step}`).join('');
  return html`<svg class="area" viewBox="0 0 ${width} 32" height="32" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="${kind}" d="M0 32${line}V32z"/></svg>`;
}
