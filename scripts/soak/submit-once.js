import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { containersOf } from './containers.js';
import { independently } from './independent.js';
import { portsOf, processesOf } from './processes.js';
import { killOne } from './victims.js';

const longestSubmitMs = 180_000;

/** One submit with its fault, and what the independent program says of the table afterwards. */
export async function submitOnce(plan) {
  const { repository, project, backend, rows, seed, fault } = plan;
  const database = join(project, 'data/users.db');
  const input = join(project, 'data/users.jsonl');
  const old = independently(repository, 'remember', database);
  const abandoned = pieces(project);
  const began = performance.now();
  const running = sparkctl(repository, project, [
    'submit',
    ...['--backend', backend, '--workers', '2', '--timeout', '150s', '--progress', 'plain'],
    ...['--rows', String(rows), '--seed', String(seed), 'jobs/etl.py'],
  ]);
  const moment = await injectFault({ ...plan, abandoned }, running);
  const { exit, stderr } = await running.ended;
  const durationMs = performance.now() - began;
  // What a killed sparkctl leaves is ended by the next command.
  const next = await sparkctl(repository, project, ['cluster', 'list']).ended;
  const sources = existsSync(input) ? ['--input', input, '--project', project] : [];
  const verdict = independently(repository, 'judge', database, '--old', JSON.stringify(old), ...sources);
  return {
    fault: fault === 'none' ? 'none' : `${nameOf[fault]}, ${moment}`,
    exit,
    before: old.rows,
    after: verdict.rows,
    version: verdict.version,
    durationMs,
    problem: problemOf({ fault, moment, exit, stderr, verdict, next }),
  };
}

const nameOf = {
  sparkctl: 'kill -9 sparkctl',
  driver: 'kill -9 driver',
  worker: 'kill -9 worker',
  executor: 'kill -9 executor',
  'ctrl-c': 'Ctrl-C',
  'ctrl-c-twice': 'Ctrl-C twice',
};
const tooLate = 'too late';

function problemOf({ fault, moment, exit, stderr, verdict, next }) {
  if (verdict.version === 'neither') return verdict.why.join('; ');
  if (exit === 0 && verdict.version !== 'new') return 'exit code 0 without a new version';
  if (next.exit !== 0) return `the next command ended with ${next.exit}: ${lastWords(next.stderr)}`;
  if (exit === 0) return undefined;
  const harmless = fault === 'none' || moment === tooLate;
  if (harmless) return `failed by itself: ${lastWords(stderr)}`;
  const wanted = { sparkctl: [137], 'ctrl-c': [130], 'ctrl-c-twice': [130] }[fault];
  if (wanted !== undefined && !wanted.includes(exit)) return `exit code ${exit} instead of ${wanted}`;
  const isClear = fault === 'sparkctl' || /^sparkctl: |^Stopped at once/m.test(stderr);
  return isClear ? undefined : `failed without a word: ${lastWords(stderr)}`;
}

/** The last words of the command, without the hint. */
function lastWords(text) {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => line.startsWith('sparkctl: ')) ?? lines.at(-1);
}

/** Starts the command line; `ended` settles with its exit code (128 + n for a signal) and stderr, at the latest after a while. */
function sparkctl(repository, project, words) {
  const child = spawn(process.execPath, [join(repository, 'bin/sparkctl.js'), ...words], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), longestSubmitMs);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(deadline);
      resolve({ exit: code ?? (signal === 'SIGKILL' ? 137 : 143), stderr });
    });
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return { child, ended, isOver };
}

/** Waits for the moment that was drawn and does it; says when that was. */
async function injectFault(plan, running) {
  const { project, backend, fault, whileWriting, delayMs, ports, abandoned } = plan;
  const strike =
    {
      sparkctl: () => running.child.kill('SIGKILL'),
      'ctrl-c': () => running.child.kill('SIGINT'),
      'ctrl-c-twice': () =>
        running.child.kill('SIGINT') &&
        // The first may have been enough.
        pause(300).then(() => running.child.kill('SIGINT') || true),
    }[fault] ?? (() => killOne(fault, backend, project));
  const appeared = () => {
    if (whileWriting || fault === 'none') return pieces(project).some((piece) => !abandoned.includes(piece));
    if (!(fault in { driver: 1, worker: 1, executor: 1 })) return true;
    return exists(fault, backend, project);
  };
  if (!(await until(appeared, running))) return tooLate;
  notePorts(backend, project, ports);
  if (fault === 'none') return '';
  await Promise.race([pause(delayMs), running.ended]);
  // A victim that was seen may be gone, and another one come.
  if (running.isOver() || !(await until(strike, running))) return tooLate;
  return `${(delayMs / 1000).toFixed(1)} s after ${whileWriting ? 'the first piece' : 'the start'}`;
}

function exists(kind, backend, project) {
  if (backend === 'docker') return containersOf(project, kind === 'executor' ? 'worker' : kind).length > 0;
  const word = {
    driver: 'deploy.SparkSubmit',
    worker: 'worker.Worker',
    executor: 'CoarseGrainedExecutorBackend',
  };
  return processesOf(project).some(({ command }) => command.includes(word[kind]));
}

/** The pieces of the table that tasks have begun to write; also those of runs that were killed. */
function pieces(project) {
  try {
    const names = readdirSync(join(project, 'data/.users.db.sparkctl'), { recursive: true });
    return names.filter((name) => name.endsWith('.db'));
  } catch {
    return []; // not yet, or just removed
  }
}

function notePorts(backend, project, ports) {
  const found =
    backend === 'docker'
      ? containersOf(project).flatMap((container) => container.ports)
      : processesOf(project).flatMap(({ pid }) => portsOf(pid));
  for (const port of found) ports.add(port);
}

async function until(condition, running) {
  while (!running.isOver()) {
    if (await condition()) return true;
    await pause(50);
  }
  return false;
}
