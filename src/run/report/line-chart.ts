import { type Html, html } from './html.ts';

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

/** Round numbers along an axis, and where a value lies between the first and the last of them. */
interface Ticks {
  readonly ticks: readonly number[];
  /** 0 at the beginning of the axis, 1 at its end. */
  share(value: number): number;
  label(tick: number): string;
}

/** About so many round numbers that enclose the values. */
export function niceTicks(values: readonly number[], about: number): Ticks {
  // Spread over arguments, a few hundred thousand values would overflow the stack.
  const low = within(values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY));
  const high = within(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY));
  const span = high > low ? high - low : Math.abs(high) || 1;
  const step = niceStep(Math.max(span / about, 1e-300));
  const first = Math.floor(low / step) * step;
  const count = Math.max(1, Math.ceil((high - first) / step - 1e-9));
  const last = first + count * step;
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: Math.min(decimals, 12),
    maximumFractionDigits: Math.min(decimals, 12),
  });
  return {
    ticks: Array.from({ length: count + 1 }, (_, index) => first + index * step),
    share: (value) => (within(value) - first) / (last - first),
    label: (tick) => format.format(tick),
  };
}

/** Differences of values at the ends of what a number can hold are none any more. */
function within(value: number): number {
  return Math.max(-1e300, Math.min(1e300, value));
}

/** The next 1, 2 or 5 with zeros. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((candidate) => rough <= candidate * power * (1 + 1e-9)) ?? 10;
  return digit * power;
}
