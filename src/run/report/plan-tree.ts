import { formatNumber } from '../../system/format-number.ts';
import type { PlanMetric, PlanNode } from '../events/application.ts';
import { type Html, html } from './html.ts';
import { formatBytes, formatTime } from './units.ts';

/** Plans of machines may have thousands of operators. */
const mostNodes = 300;
const mostOfDetail = 600;

/** Operators that do nothing themselves. */
const silent = /^(?:InputAdapter|AdaptiveSparkPlan|\w+QueryStage)$/;

/** Draws a plan as a list of operators from the result to the sources, each coloured by the time that was spent in it. */
export function drawPlan(plan: PlanNode): Html {
  const budget = { nodes: mostNodes };
  const hottest = hottestMs(plan);
  const tree = drawChain(plan, hottest, budget);
  return html`<div class="plan">${tree}</div>${budget.nodes < 0 ? html`<p class="soft">The plan has more operators; these are the first ${formatNumber(mostNodes)}.</p>` : ''}`;
}

/** One operator after the other, and a list in the list only where a plan branches: a deep plan stays readable on a phone. */
function drawChain(start: PlanNode, hottest: number, budget: { nodes: number }): Html {
  const items: Html[] = [];
  let node: PlanNode | undefined = start;
  while (node !== undefined) {
    const [only, ...others]: readonly PlanNode[] = node.children;
    if (silent.test(node.name) && others.length === 0) {
      node = only;
      continue;
    }
    budget.nodes -= 1;
    if (budget.nodes < 0) break;
    const branches: readonly PlanNode[] = others.length === 0 ? [] : node.children;
    items.push(
      html`<li>${drawNode(node, hottest)}${branches.map((branch) => drawChain(branch, hottest, budget))}</li>\n`,
    );
    node = others.length === 0 ? only : undefined;
  }
  return html`<ol>${items}</ol>`;
}

function drawNode(node: PlanNode, hottest: number): Html {
  const time = timeOf(node);
  const heat = hottest === 0 || time === undefined ? 0 : time.value / hottest;
  const others = node.metrics.filter((metric) => metric !== time && metric.value > 0);
  const told = [...others].sort((a, b) => rank(a) - rank(b));
  const [shown, hidden] = [told.slice(0, 4), told.slice(4)];
  const detail = node.detail.length > mostOfDetail ? `${node.detail.slice(0, mostOfDetail)}…` : node.detail;
  const more = hidden.map((metric) => words(metric)).join(', ');
  return html`<details class="node" style="--heat:${heat.toFixed(2)}"><summary><b>${node.name.slice(0, 120)}</b>${time && html` <data class="ms" value="${time.value}">${formatTime(time.value)}</data>`}<span class="soft">${shown.map((metric, index) => `${index === 0 ? '' : ', '}${words(metric)}`)}</span></summary><p>${time && `The time is “${time.name}”. `}${more}</p><code>${detail}</code></details>`;
}

/** Of several times of an operator the longest, for each may be a part of another. */
function timeOf({ metrics }: PlanNode): PlanMetric | undefined {
  return metrics
    .filter(({ kind, value }) => kind === 'ms' && value >= 1)
    .reduce<PlanMetric | undefined>(
      (best, each) => (best && best.value >= each.value ? best : each),
      undefined,
    );
}

function hottestMs(node: PlanNode): number {
  return node.children.reduce((most, child) => Math.max(most, hottestMs(child)), timeOf(node)?.value ?? 0);
}

function rank({ name, kind }: PlanMetric): number {
  if (name === 'number of output rows') return 0;
  if (/spill/.test(name)) return 1;
  return kind === 'bytes' ? 2 : kind === 'count' ? 3 : 4;
}

function words({ name, kind, value }: PlanMetric): string {
  if (name === 'number of output rows') return `${formatNumber(value)} rows`;
  if (kind === 'bytes') return `${name} ${formatBytes(value)}`;
  return `${name} ${kind === 'ms' ? formatTime(value) : formatNumber(value)}`;
}
