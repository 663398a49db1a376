// Side by side in one run, as ratios: absolute times drift from machine to machine, and ratios tell.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figures } from './figures.js';
import { Lab, NotMeasured, repository } from './lab.js';
import { hardware, othersRunning, untilIdle } from './machine.js';
import { picture } from './picture.js';
import { readResults, saveResults } from './results-file.js';
import { fillMarkers, markdownTable, resultLine } from './table.js';

const usage = `usage: npm run bench [-- NAME... [--json FILE] [--rounds N] [--anyway] [--write]]

  NAME         figures to measure; all where none is named: ${figures.map(({ name }) => name).join(', ')}
  --json FILE  where the raw results go, instead of docs/bench.json
  --rounds N   rounds of each figure, instead of its own number
  --anyway     measure on a machine that is not quiet; the results say so
  --write      put the table into docs/performance.md and draw docs/bench.svg; alone, it measures nothing
`;
const say = (text) => process.stdout.write(`${text}\n`);

const { values: options, positionals: names } = parsedArguments();
const jsonPath = options.json ?? join(repository, 'docs/bench.json');
const [document, drawing] = ['docs/performance.md', 'docs/bench.svg'].map((path) => join(repository, path));
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    say(controller.signal.aborted ? 'still ending what was started' : `${name}: ending what was started`);
    controller.abort(new Error(`ended by ${name}`));
  });

if (names.length > 0 || !options.write) await measureAll();
if (options.write && !controller.signal.aborted) {
  const results = readResults(jsonPath);
  writeFileSync(document, fillMarkers(readFileSync(document, 'utf8'), markdownTable(results)));
  writeFileSync(drawing, picture(results));
  say(`Written: ${document}, ${drawing}`);
}

async function measureAll() {
  const { signal } = controller;
  const chosen = figures.filter(({ name }) => names.length === 0 || names.includes(name));
  const all = [];
  try {
    const busyWith = await whatDisturbs(signal);
    const on = { ...hardware(), ...(await versions(signal)), busyWith };
    for (const figure of chosen) {
      say(`\n${figure.name}: ${figure.title}`);
      const results = await measure(figure, on, signal);
      all.push(...results);
      for (const result of results) say(resultLine(result));
      saveResults(jsonPath, results);
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = signal.aborted ? 130 : 1;
    return;
  }
  say(`\n${markdownTable(all)}\n\nEvery value: ${jsonPath}`);
  const failed = all.filter(({ state }) => state === 'failed');
  for (const { name, reason } of failed) say(`\n${name} failed: ${reason}`);
  if (failed.length > 0) process.exitCode = 1;
}

/** Measures one figure. That it fails is a result, too, and the others go on; only a signal ends them all. */
async function measure({ measure: how, ...facts }, on, signal) {
  const lab = new Lab({ signal, say, rounds: options.rounds, patienceMs: options.anyway ? 10_000 : 180_000 });
  let parts;
  try {
    const measured = await how(lab);
    const notes = lab.restless > 0 ? [`${lab.restless} rounds began on a machine that was not idle`] : [];
    parts = [measured]
      .flat()
      .map(({ notes: own = [], ...part }) => ({ state: 'measured', ...part, notes: [...own, ...notes] }));
  } catch (error) {
    signal.throwIfAborted();
    const state = error instanceof NotMeasured ? 'not measured' : 'failed';
    parts = [{ state, reason: error instanceof Error ? error.message : String(error) }];
  } finally {
    await lab.close();
  }
  const date = new Date().toISOString();
  return parts.map(({ part, ...result }) => ({
    ...facts,
    name: part === undefined ? facts.name : `${facts.name}: ${part}`,
    ...result,
    on: { ...on, date },
  }));
}

/** Names what else takes time here. On a machine that is not quiet nothing is measured, unless that is wanted. */
async function whatDisturbs(signal) {
  const others = othersRunning();
  const what = new Set(others.map((other) => other.what));
  // The build that went before this was busy, too; its end is waited for.
  if (!(await untilIdle({ signal, timeoutMs: options.anyway ? 5_000 : 60_000 })))
    what.add('a busy processor');
  if (what.size === 0) return [];
  const pids = others.map(({ what: name, pid }) => `\n  ${pid} ${name}`);
  say(
    `This machine is not quiet, load average ${loadavg()[0]?.toFixed(1)}: ${[...what].join(', ')}.${pids.join('')}`,
  );
  if (options.anyway) return [...what];
  throw new Error('Nothing was measured. End that first, or measure --anyway: the results will say so.');
}

/** The versions of all that takes part, and the commit. */
async function versions(signal) {
  const lab = new Lab({ signal, say, patienceMs: 0 });
  try {
    const sparkctl = join(repository, 'bin/sparkctl.js');
    const { variables } = JSON.parse(
      await lab.run(process.execPath, [sparkctl, 'env', '--json'], { marked: false }),
    );
    const java = await lab.start(join(variables.JAVA_HOME, 'bin/java'), ['-version']);
    const script = 'import platform, pyspark; print(pyspark.__version__, platform.python_version())';
    const [spark, python] = (await lab.run(variables.PYSPARK_PYTHON, ['-c', script])).split(' ');
    const git = async (...words) => await lab.run('git', words).catch(() => 'unknown');
    return {
      node: process.versions.node,
      java: /version "([^"]+)"/.exec(java.stderr)?.[1] ?? 'unknown',
      spark,
      python,
      commit: await git('rev-parse', 'HEAD'),
      dirty:
        (await git('status', '--porcelain', '--', 'src', 'spark', 'jobs', 'bench', 'package.json')) !== '',
    };
  } finally {
    await lab.close();
  }
}

function parsedArguments() {
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        rounds: { type: 'string' },
        anyway: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
    const { rounds, ...rest } = parsed.values;
    const unknown = parsed.positionals.filter((name) => !figures.some((figure) => figure.name === name));
    if (unknown.length > 0) throw new Error(`there is no figure ${unknown.join(', ')}`);
    if (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(rounds))
      throw new Error(`--rounds ${rounds} is no number of rounds`);
    return { ...parsed, values: { ...rest, rounds: rounds === undefined ? undefined : Number(rounds) } };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(64);
  }
}
