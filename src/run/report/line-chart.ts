import { type Html, html } from './html.ts';
import { niceTicks } from './nice-ticks.ts';

/** A line through points, such as a quality by the number of clusters. */
export interface LineChart {
  readonly name: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [number, number])[];
}

/** With more points the marks hide the line, and make the page large. */
const mostMarked = 500;

const width = 460;
const height = 260;
const margin = { left: 64, right: 16, top: 16, bottom: 44 };

/** Draws a chart as SVG, coloured by the report's style sheet. */
export function drawLineChart({ name, x, y, points }: LineChart): Html {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const xs = niceTicks(
    sorted.map(([at]) => at),
    8,
  );
  const ys = niceTicks(
    sorted.map(([, value]) => value),
    5,
  );
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const placeX = (value: number) => margin.left + xs.share(value) * (right - margin.left);
  const placeY = (value: number) => bottom - ys.share(value) * (bottom - margin.top);
  const line = sorted.map(([at, value]) => `${placeX(at).toFixed(1)},${placeY(value).toFixed(1)}`).join(' ');
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">
${ys.ticks.map(
  (tick) =>
    html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${placeY(tick)}" y2="${placeY(tick)}"/><text class="tick" x="${margin.left - 8}" y="${placeY(tick) + 4}" text-anchor="end">${ys.label(tick)}</text>`,
)}
${xs.ticks.map((tick) => html`<text class="tick" x="${placeX(tick)}" y="${bottom + 18}" text-anchor="middle">${xs.label(tick)}</text>`)}
<polyline class="line" points="${line}"/>
${sorted.length > mostMarked ? '' : sorted.map(([at, value]) => html`<circle class="point" cx="${placeX(at)}" cy="${placeY(value)}" r="3.5"><title>${x} ${at}: ${value}</title></circle>`)}
<text class="axis" x="${(margin.left + right) / 2}" y="${height - 6}" text-anchor="middle">${x}</text>
<text class="axis" transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${y}</text>
</svg>`;
}
