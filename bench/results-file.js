// The raw results on the disk: every single value, with the machine it comes from.
import { readFileSync, writeFileSync } from 'node:fs';
import { figures } from './figures.js';

/** @typedef {import('./statistics.js').Result} Result */

/** @returns {Result[]} */
export function readResults(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).figures;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Puts new results into the place of those of the same figure; others stay, each with the commit and the day that it is from.
 * @param {string} path
 * @param {readonly Result[]} results
 */
export function saveResults(path, results) {
  const figureOf = (/** @type {Result} */ { name }) => name.split(': ')[0];
  const measured = new Set(results.map(figureOf));
  const kept = readResults(path).filter((result) => !measured.has(figureOf(result)));
  const order = (/** @type {Result} */ result) => figures.findIndex(({ name }) => name === figureOf(result));
  const all = [...kept, ...results].sort((a, b) => order(a) - order(b));
  // One number a line would make thousands of them.
  const lists = /\[\s+([^[\]{}"]*?)\s+\]/g;
  const text = JSON.stringify({ schemaVersion: 1, figures: all }, undefined, 2).replace(
    lists,
    (_, list) => `[${list.replace(/\s+/g, ' ')}]`,
  );
  writeFileSync(path, `${text}\n`);
  return all;
}
