// The arithmetic of the bench: medians, the number that is judged, and the verdict. No file, no clock, no process.

/**
 * @typedef {{ what: string, values: readonly number[] }} Series what was measured, and each single value of it
 * @typedef {{
 *   name: string,
 *   title: string,
 *   unit: 's' | 'ms' | 'MB' | 'rows/s',
 *   must: number,
 *   aim: number,
 *   judged?: 'ratio' | 'ours',
 *   better?: 'less' | 'more',
 *   state: 'measured' | 'not measured' | 'failed',
 *   reason?: string,
 *   ours?: Series,
 *   stock?: Series,
 *   notes?: readonly string[],
 *   on?: Record<string, unknown>,
 * }} Result one figure; `judged` says which number `must` and `aim` are about, the ratio of ours to stock or ours alone
 */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** @param {readonly number[]} values */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The median of ours over that of stock, undefined where nothing was measured.
 * @param {Result} result
 */
export function ratioOf({ state, ours, stock }) {
  if (state !== 'measured' || ours === undefined || stock === undefined) return undefined;
  return median(ours.values) / median(stock.values);
}

/**
 * The number that is held against `must` and `aim`.
 * @param {Result} result
 */
export function judgedNumber(result) {
  if (result.judged !== 'ours') return ratioOf(result);
  return result.state === 'measured' && result.ours !== undefined ? median(result.ours.values) : undefined;
}

/**
 * @param {Result} result
 * @returns {'aim reached' | 'must reached' | 'missed' | 'not measured' | 'failed'}
 */
export function verdictOf(result) {
  const number = judgedNumber(result);
  if (result.state !== 'measured') return result.state;
  const holds = (/** @type {number} */ goal) =>
    number !== undefined && (result.better === 'more' ? number >= goal : number <= goal);
  // NaN reaches nothing.
  return holds(result.aim) ? 'aim reached' : holds(result.must) ? 'must reached' : 'missed';
}
