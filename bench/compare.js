// Measures two things by turns, so that a busy moment or a clock that drifts hits both.
import { NotMeasured } from './lab.js';

/**
 * @typedef {{
 *   what: string,
 *   run: () => Promise<number | void> | number | void,
 *   before?: () => Promise<unknown> | unknown,
 *   after?: () => Promise<unknown> | unknown,
 * }} Side one of the two; `run` is timed in seconds, unless it returns a number, which then is the value. It throws where its
 * result is wrong. What comes before and after, such as taking down what was started, is not timed.
 */

/**
 * @param {import('./lab.js').Lab} lab
 * @param {{ stock: Side, ours: Side, rounds: number, warmUp?: boolean, settleOnce?: boolean }} pair a warm-up is a round that does
 * not count: the first run makes what later ones use, and makes some of it in the background; settleOnce: an idle machine
 * is waited for before the first round alone
 */
export async function byTurns(lab, { stock, ours, rounds, warmUp = true, settleOnce = false }) {
  const values = { stock: /** @type {number[]} */ ([]), ours: /** @type {number[]} */ ([]) };
  if (warmUp) {
    await once(lab, stock, 'warm-up', !settleOnce);
    await once(lab, ours, 'warm-up', !settleOnce);
  }
  for (let round = 1; round <= rounds; round++) {
    const settles = round === 1 || !settleOnce;
    values.stock.push(await once(lab, stock, `round ${round} of ${rounds}`, settles));
    values.ours.push(await once(lab, ours, `round ${round} of ${rounds}`, settles));
  }
  return {
    stock: { what: stock.what, values: values.stock },
    ours: { what: ours.what, values: values.ours },
  };
}

/** @param {import('./lab.js').Lab} lab @param {Side} side @param {string} round @param {boolean} settles */
async function once(lab, { what, run, before, after }, round, settles) {
  try {
    await before?.();
    if (settles) await lab.settle();
    lab.signal.throwIfAborted();
    const began = performance.now();
    const own = await run();
    const value = typeof own === 'number' ? own : (performance.now() - began) / 1000;
    lab.say(`  ${round}: ${what} ${value < 1000 ? value.toFixed(3) : Math.round(value)}`);
    return value;
  } catch (error) {
    lab.signal.throwIfAborted();
    if (error instanceof NotMeasured) throw error;
    throw new Error(`${what}, ${round}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await after?.();
  }
}
