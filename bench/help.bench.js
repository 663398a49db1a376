import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { byTurns } from './compare.js';
import { repository } from './lab.js';

/** Milliseconds that Node takes for some words. Nothing but the process is in the time: no promise, no pipe that is read as it fills. */
function milliseconds(words, expected) {
  const began = performance.now();
  const printed = execFileSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const elapsed = performance.now() - began;
  if (!printed.includes(expected)) throw new Error(`node ${words.join(' ')} printed: ${printed}`);
  return elapsed;
}

export const help = {
  name: 'help',
  title: 'sparkctl --help to node -e 0',
  unit: 'ms',
  must: 1.6,
  aim: 1.4,
  async measure(lab) {
    const words = [join(repository, 'bin/sparkctl.js'), '--help'];
    return await byTurns(lab, {
      stock: { what: 'node -e 0', run: () => milliseconds(['-e', '0'], '') },
      ours: { what: 'sparkctl --help', run: () => milliseconds(words, 'Usage: sparkctl') },
      rounds: lab.rounds(21),
      // Each takes a moment: to wait for an idle machine before each would take minutes.
      settleOnce: true,
    });
  },
};
