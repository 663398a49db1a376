// The results as text: the Markdown table, and its place in a document.
import { judgedNumber, ratioOf, spread, verdictOf } from './statistics.js';

/** @typedef {import('./statistics.js').Result} Result */

const header = ['figure', 'what', 'stock', 'sparkctl', 'ratio', 'must', 'aim', 'verdict'];
const rightAligned = new Set(['ratio', 'must', 'aim']);

/**
 * One line a figure: medians, in brackets the smallest and the largest of the rounds.
 * @param {readonly Result[]} results
 */
export function markdownTable(results) {
  if (results.length === 0) return 'Nothing has been measured yet.';
  const rows = [header, ...results.map(cellsOf)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(' | ')} |`;
  const rule = header.map((name, column) => {
    const dashes = '-'.repeat((widths[column] ?? 3) - 1);
    return rightAligned.has(name) ? `${dashes}:` : `${dashes}-`;
  });
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.slice(1).map(line), ...footnotes(results)].join(
    '\n',
  );
}

function pad(/** @type {string} */ cell, /** @type {number} */ column, /** @type {number} */ width) {
  return rightAligned.has(header[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
}

/** @param {Result} result */
function cellsOf(result) {
  const { name, title, unit, must, aim, stock, ours, state } = result;
  const ratio = ratioOf(result);
  const goal = (/** @type {number} */ number) => {
    const shown = result.judged === 'ours' ? formatValue(number, unit) : formatRatio(number);
    return result.better === 'more' ? `≥ ${shown}` : `≤ ${shown}`;
  };
  const measured = state === 'measured';
  return [
    name,
    title,
    measured && stock !== undefined ? formatSeries(stock.values, unit) : '',
    measured && ours !== undefined ? formatSeries(ours.values, unit) : '',
    ratio === undefined ? '' : formatRatio(ratio),
    goal(must),
    goal(aim),
    verdictCell(result),
  ];
}

/** @param {Result} result */
function verdictCell(result) {
  const verdict = verdictOf(result);
  const bold = verdict === 'missed' || verdict === 'failed' ? `**${verdict}**` : verdict;
  const reason = result.reason?.split('\n')[0]?.replaceAll('|', '\\|');
  return reason === undefined ? bold : `${bold}: ${reason}`;
}

/**
 * Lists what the table does not show: the machine of each figure, and the notes.
 * @param {readonly Result[]} results
 */
function footnotes(results) {
  /** @type {Map<string, string[]>} */
  const machines = new Map();
  for (const { name, on } of results) {
    if (on === undefined) continue;
    const machine = describeMachine(on);
    machines.set(machine, [...(machines.get(machine) ?? []), name]);
  }
  const places = [...machines].map(([machine, names]) =>
    machines.size === 1 ? `Measured with ${machine}.` : `- ${names.join(', ')}: ${machine}.`,
  );
  const notes = results.flatMap(({ name, notes: own = [] }) => own.map((note) => `- ${name}: ${note}`));
  return [...(places.length === 0 ? [] : ['', ...places]), ...(notes.length === 0 ? [] : ['', ...notes])];
}

function describeMachine(/** @type {Record<string, unknown>} */ on) {
  const { cores, memoryGb, cpu, node, java, spark, python, commit, date, busyWith } = on;
  const parts = [
    `${cores} cores of ${cpu}, ${memoryGb} GB`,
    `Node ${node}, Java ${java}, Spark ${spark}, Python ${python}`,
    `commit ${String(commit).slice(0, 10)}${on['dirty'] === true ? ' with changes' : ''}, ${String(date).slice(0, 10)}`,
  ];
  if (Array.isArray(busyWith) && busyWith.length > 0)
    parts.push(`**the machine was not quiet: these times mean little** (${busyWith.join(', ')})`);
  return parts.join('; ');
}

/** @param {readonly number[]} values @param {Result['unit']} unit */
export function formatSeries(values, unit) {
  const { median, min, max } = spread(values);
  const shown = formatValue(median, unit);
  return values.length === 1 ? shown : `${shown} (${formatBare(min, unit)}–${formatBare(max, unit)})`;
}

/** @param {number} value @param {Result['unit']} unit */
export function formatValue(value, unit) {
  if (unit === 'rows/s' && Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(2)} M rows/s`;
  return `${formatBare(value, unit)} ${unit}`;
}

/** @param {number} value @param {Result['unit']} unit */
function formatBare(value, unit) {
  if (unit === 's') return value.toFixed(value < 10 ? 2 : 1);
  if (unit === 'rows/s' && Math.abs(value) >= 1e6) return (value / 1e6).toFixed(2);
  return Math.round(value).toLocaleString('en-US');
}

/** @param {number} ratio */
export function formatRatio(ratio) {
  if (Number.isInteger(ratio) && ratio !== 1) return String(ratio);
  return Math.abs(ratio) < 0.1 ? ratio.toFixed(3) : ratio.toFixed(ratio < 10 ? 2 : 1);
}

/**
 * One line for the terminal, as soon as a figure is known.
 * @param {Result} result
 */
export function resultLine(result) {
  const number = judgedNumber(result);
  const judged =
    number === undefined
      ? ''
      : result.judged === 'ours'
        ? formatValue(number, result.unit)
        : formatRatio(number);
  const series = [result.stock, result.ours].flatMap((each) =>
    each === undefined || result.state !== 'measured'
      ? []
      : [`${each.what} ${formatSeries(each.values, result.unit)}`],
  );
  return [`${result.name}:`, judged, verdictCell(result), ...series.map((each) => `\n    ${each}`)]
    .filter((part) => part !== '')
    .join(' ');
}

const [begins, ends] = ['<!-- bench -->', '<!-- /bench -->'];

/**
 * The document with the table between its markers.
 * @param {string} document
 * @param {string} table
 */
export function fillMarkers(document, table) {
  const [from, to] = [document.indexOf(begins), document.indexOf(ends)];
  if (from < 0 || to < from) throw new Error(`the document has no ${begins} … ${ends}`);
  return `${document.slice(0, from + begins.length)}\n\n${table}\n\n${document.slice(to)}`;
}
