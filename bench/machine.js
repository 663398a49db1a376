// The machine: whether it is quiet, and what it is.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { waitUntil } from '../dist/system/processes/wait-until.js';

/** The part of all cores' time that an idle machine may spend, over this long. */
const idleShare = 0.15;
const idleForMs = 2_000;

/**
 * Waits until the machine has been idle for two seconds; false when the time is up first.
 * @param {{ signal: AbortSignal, timeoutMs: number }} options
 */
export async function untilIdle({ signal, timeoutMs }) {
  /** @type {ReturnType<typeof cpuTimes>[]} */
  const samples = [];
  const isIdle = () => {
    const now = cpuTimes();
    samples.push(now);
    while (samples[1] !== undefined && now.at - samples[1].at >= idleForMs) samples.shift();
    const [first = now] = samples;
    if (now.at - first.at < idleForMs) return undefined;
    return (now.busy - first.busy) / (now.all - first.all) < idleShare ? true : undefined;
  };
  return (await waitUntil(isIdle, { timeoutMs, intervalMs: 100, signal })) === true;
}

function cpuTimes() {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.irq + times.idle;
    busy += sum - times.idle;
    all += sum;
  }
  return { at: performance.now(), busy, all };
}

/** Processes of others that take time or memory from what is measured: what each is, and its number. */
export function othersRunning() {
  if (process.platform !== 'linux') return [];
  const ancestors = new Set(ancestorsOf(process.pid));
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || ancestors.has(pid)) return [];
    const what = disturbance(read(pid, 'cmdline').split('\0').filter(Boolean), read(pid, 'environ'));
    return what === undefined ? [] : [{ what, pid }];
  });
}

/** The name of a process that disturbs, undefined for any other. */
function disturbance(/** @type {readonly string[]} */ words, /** @type {string} */ environment) {
  const command = words.join(' ');
  const spark = /org\.apache\.spark\.[\w.]*?(\w+)(?: |$)/.exec(command)?.[1];
  if (spark !== undefined) return `Spark's ${spark}`;
  if (/\/sparkctl(?:\.js)?(?: |$)/.test(command) && /node/.test(words[0] ?? '')) return 'sparkctl';
  if (/\/vitest\b/.test(command)) return 'vitest';
  return environment.includes('SPARKCTL_MARK=')
    ? `${basename(words[0] ?? 'a process')} of a sparkctl`
    : undefined;
}

/** @param {number} pid @returns {number[]} */
function ancestorsOf(pid) {
  const parent = Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0);
  return parent > 0 ? [pid, ...ancestorsOf(parent)] : [pid];
}

/** A file of a process; empty where the process has ended or is another user's. */
function read(/** @type {number} */ pid, /** @type {string} */ file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/**
 * The largest memory that a process, its threads included, has had, in MB; undefined once it has ended.
 * @param {number} pid
 */
export function peakMemoryMb(pid) {
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(read(pid, 'status'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/**
 * The words of a process's command line, joined; empty once it has ended.
 * @param {number} pid
 */
export function commandLineOf(pid) {
  return read(pid, 'cmdline').replaceAll('\0', ' ');
}

/**
 * The processes that a process has started, and those that these have started.
 * @param {number} pid
 */
export function descendantsOf(pid) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const child = Number(entry);
    if (!Number.isInteger(child)) continue;
    const parent = Number(/^PPid:\s*(\d+)/m.exec(read(child, 'status'))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const all = [];
  for (
    let next = children.get(pid) ?? [];
    next.length > 0;
    next = next.flatMap((each) => children.get(each) ?? [])
  )
    all.push(...next);
  return all;
}

export function hardware() {
  return {
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}
