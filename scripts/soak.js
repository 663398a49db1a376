// Submits the users job again and again into one database while its processes are killed: `npm run soak -- --submits 50 --seed 7`.
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dockerAnswers } from './soak/containers.js';
import { drawSubmit, numbersFrom } from './soak/draw.js';
import { leaks } from './soak/leaks.js';
import { submitOnce } from './soak/submit-once.js';

const repository = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    submits: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    backend: { type: 'string', default: 'both' },
  },
});
const submits = Number(values.submits);
const seed = Number(values.seed);
if (!(submits >= 1) || !(seed >= 0) || !['local', 'docker', 'both'].includes(values.backend)) {
  process.stderr.write('usage: npm run soak -- [--submits N] [--seed N] [--backend local|docker|both]\n');
  process.exit(64);
}

const began = performance.now();
const project = realpathSync(mkdtempSync(join(tmpdir(), 'sparkctl-soak-')));
cpSync(join(repository, 'jobs'), join(project, 'jobs'), { recursive: true });
const backends =
  values.backend === 'both' ? (dockerAnswers() ? ['local', 'docker'] : ['local']) : [values.backend];
const random = numbersFrom(seed);
const say = (text) => process.stdout.write(`${text}\n`);

say(`Soak: ${submits} submits, seed ${seed}, on ${backends.join(' and ')}, in ${project}\n`);
say(row(['#', 'backend', 'fault', 'exit', 'rows', 'version', 'seconds', 'verdict']).trimEnd());
const results = [];
const ports = new Set();
for (let number = 1; number <= submits; number++) {
  // The last one is left in peace: it clears away what the one before it may have left.
  const plan = drawSubmit(random, backends, number === submits);
  const result = await submitOnce({ repository, project, ports, ...plan });
  results.push(result);
  say(
    row([
      number,
      plan.backend,
      result.fault,
      result.exit,
      `${result.before} -> ${result.after}`,
      result.version,
      (result.durationMs / 1000).toFixed(1),
      result.problem === undefined ? 'holds' : `DOES NOT HOLD: ${result.problem}`,
    ]),
  );
}

const left = await leaks(repository, project, ports);
const broken = results.filter(({ problem }) => problem !== undefined);
const of = (version) => results.filter((result) => result.version === version).length;
const holds = broken.length === 0 && left.length === 0;
say('');
for (const each of left) say(`Left behind: ${each}`);
say(
  `Soak: seed ${seed}, ${submits} submits in ${Math.round((performance.now() - began) / 1000)} s: ${of('new')} new versions verified, ` +
    `${of('old')} failures with the old version intact, ${broken.length} broken, ${left.length} things left behind: ${holds ? 'all hold' : 'DOES NOT HOLD'}`,
);
if (holds) rmSync(project, { recursive: true, force: true });
else say(`What is there can be looked at in ${project}`);
process.exit(holds ? 0 : 1);

function row(cells) {
  const widths = [3, 7, 44, 4, 14, 7, 7, 0];
  return cells
    .map((cell, i) =>
      i === 0 || i === 6 ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]),
    )
    .join('  ');
}
