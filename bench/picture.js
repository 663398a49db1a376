// The results as a picture: for each figure the stock way as one length, and sparkctl's beside it.
import { median, ratioOf, verdictOf } from './statistics.js';
import { formatRatio, formatValue } from './table.js';

/** @typedef {import('./statistics.js').Result} Result */

const width = 800;
/** The columns: titles end at the first bar, and the numbers begin behind the longest one. */
const [titleX, barX, barWidth, numberX] = [16, 386, 255, 656];
const [top, rowHeight, barHeight, bottom] = [72, 40, 12, 44];
/** The longest bar, in lengths of the stock way; a longer one is cut there. */
const longest = 1.5;
/** The widest that a letter of a system font is on average, in parts of its size: titles are cut to their column by it. */
export const letterWidth = 0.56;
const fontSize = { title: 13, number: 13, small: 11, heading: 16 };

/**
 * Draws the figures that were measured against something. Of rates the time of a row is drawn, so that shorter is always better.
 * @param {readonly Result[]} results
 */
export function picture(results) {
  const rows = results.flatMap((result) => {
    const ratio = ratioOf(result);
    if (ratio === undefined || !Number.isFinite(ratio)) return [];
    return [{ result, length: Math.max(0, result.better === 'more' ? 1 / ratio : ratio) }];
  });
  const height = top + Math.max(1, rows.length) * rowHeight + bottom;
  const body =
    rows.length === 0
      ? [text(titleX, top + 24, fontSize.title, 'Nothing has been measured yet.', 'quiet')]
      : [
          text(numberX, top - 10, fontSize.small, 'ratio, sparkctl : stock', 'quiet'),
          stockLine(height),
          ...rows.flatMap(row),
        ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="sparkctl beside the stock way">
<style>
  text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
  .quiet { fill: #59636e; }
  .stock { fill: #c4cad1; }
  .ours { fill: #0969da; }
  .missed { fill: #bc4c00; }
  .rule { stroke: #818b98; stroke-dasharray: 3 3; }
  .goal { stroke: #1f2328; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .stock { fill: #3d444d; }
    .ours { fill: #4493f8; }
    .missed { fill: #db6d28; }
    .rule { stroke: #656c76; }
    .goal { stroke: #f0f6fc; }
  }
</style>
${text(titleX, 28, fontSize.heading, 'sparkctl beside the stock way', '', 'font-weight="600"')}
${text(titleX, 48, fontSize.small, 'Both by turns on the same machine, medians. Shorter is better.', 'quiet')}
${body.join('\n')}
${rows.length === 0 ? '' : legend(height - 18)}
</svg>
`;
}

/** @param {{ result: Result, length: number }} row @param {number} index */
function row({ result, length }, index) {
  const y = top + index * rowHeight;
  const verdict = verdictOf(result);
  const unitLength = barWidth / longest;
  const shown = Math.min(length, longest) * unitLength;
  const mustLength = goalLength(result);
  const ratio = ratioOf(result) ?? Number.NaN;
  const room = Math.floor((barX - 12 - titleX) / (fontSize.title * letterWidth));
  return [
    text(titleX, y + 17, fontSize.title, cut(result.title, room)),
    bar(y + 2, unitLength, 'stock'),
    bar(y + 2 + barHeight + 1, Math.max(shown, 2), verdict === 'missed' ? 'missed' : 'ours'),
    // What was cut ends in an arrow.
    ...(length > longest ? [text(barX + barWidth + 2, y + 25, fontSize.small, '▸', 'quiet')] : []),
    ...(mustLength === undefined || mustLength > longest
      ? []
      : [
          `<line class="goal" x1="${round(barX + mustLength * unitLength)}" x2="${round(barX + mustLength * unitLength)}" y1="${y + barHeight + 2}" y2="${y + 2 * barHeight + 4}"/>`,
        ]),
    text(numberX, y + 13, fontSize.number, formatRatio(ratio), '', 'font-weight="600"'),
    text(numberX, y + 28, fontSize.small, values(result), 'quiet'),
  ];
}

/** The length that must be reached; undefined where the goal is no ratio. @param {Result} result */
function goalLength({ judged, better, must }) {
  if (judged === 'ours') return undefined;
  return better === 'more' ? 1 / must : must;
}

/** @param {Result} result */
function values({ ours, stock, unit }) {
  if (ours === undefined || stock === undefined) return '';
  const [own, other] = [median(ours.values), median(stock.values)].map((value) =>
    unit === 'rows/s' ? thousands(value) : formatValue(value, unit),
  );
  return `${own} : ${other}${unit === 'rows/s' ? ' rows/s' : ''}`;
}

function thousands(/** @type {number} */ value) {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : `${(value / 1e3).toFixed(0)} k`;
}

function stockLine(/** @type {number} */ height) {
  const x = round(barX + barWidth / longest);
  return `<line class="rule" x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - bottom + 2}"/>`;
}

function legend(/** @type {number} */ y) {
  const square = (/** @type {number} */ x, /** @type {string} */ name) =>
    `<rect class="${name}" x="${x}" y="${y - 9}" width="10" height="10" rx="2"/>`;
  const [stock, ours, missed, must] = [barX, barX + 56, barX + 130, barX + 196];
  return [
    square(stock, 'stock'),
    text(stock + 16, y, fontSize.small, 'stock', 'quiet'),
    square(ours, 'ours'),
    text(ours + 16, y, fontSize.small, 'sparkctl', 'quiet'),
    square(missed, 'missed'),
    text(missed + 16, y, fontSize.small, 'missed', 'quiet'),
    `<line class="goal" x1="${must + 8}" x2="${must + 8}" y1="${y - 10}" y2="${y + 2}"/>`,
    text(must + 16, y, fontSize.small, 'must be reached', 'quiet'),
  ].join('\n');
}

function bar(/** @type {number} */ y, /** @type {number} */ length, /** @type {string} */ name) {
  return `<rect class="${name}" x="${barX}" y="${y}" width="${round(length)}" height="${barHeight}" rx="2"/>`;
}

function text(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ size,
  /** @type {string} */ words,
  name = '',
  more = '',
) {
  const attributes = [name === '' ? '' : ` class="${name}"`, more === '' ? '' : ` ${more}`].join('');
  return `<text x="${x}" y="${y}" font-size="${size}"${attributes}>${escaped(words)}</text>`;
}

function cut(/** @type {string} */ words, /** @type {number} */ room) {
  return words.length <= room ? words : `${words.slice(0, room - 1).trimEnd()}…`;
}

function round(/** @type {number} */ value) {
  return Math.round(value * 10) / 10;
}

function escaped(/** @type {string} */ words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
