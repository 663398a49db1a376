// The surroundings of one figure: programs that are ended, folders and clusters that are removed, whatever happens.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { endMarked, markVariable } from '../dist/system/processes/process-mark.js';
import { untilIdle } from './machine.js';

export const repository = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

/** Says that a figure has no value here, which is no failure: what it measures, or the stock way, is not there. */
export class NotMeasured extends Error {}

/** The time that a program which was asked to end may take before it is killed: sparkctl takes its cluster down first. */
const graceMs = 60_000;

export class Lab {
  /** Every process that is started here, but for sparkctl's own, carries it. */
  #mark = `bench-${randomUUID()}`;
  /** @type {(() => unknown)[]} */
  #cleanups = [];

  /**
   * @param {{ signal: AbortSignal, say: (text: string) => void, rounds?: number | undefined, patienceMs: number }} options
   * patienceMs: how long an idle machine is waited for before a round
   */
  constructor({ signal, say, rounds, patienceMs }) {
    this.signal = signal;
    this.say = say;
    this.patienceMs = patienceMs;
    this.#rounds = rounds;
    this.defer(() => endMarked(this.#mark, 2_000));
  }

  /** @type {number | undefined} */
  #rounds;
  /** The number of rounds that did not begin on an idle machine. */
  restless = 0;

  /** The number of rounds: what the person asked for, or the figure's own. */
  rounds(own = 3) {
    return this.#rounds ?? own;
  }

  /** Waits until the machine is idle: what went before, such as archives that are made in the background, is over. */
  async settle() {
    if (!(await untilIdle({ signal: this.signal, timeoutMs: this.patienceMs }))) this.restless += 1;
  }

  /** Has something done at the end, the last first. */
  defer(/** @type {() => unknown} */ cleanup) {
    this.#cleanups.push(cleanup);
  }

  /** Does all that was deferred, also where some of it fails. */
  async close() {
    const failures = [];
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** A folder that is gone afterwards. */
  folder() {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sparkctl-bench-')));
    this.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    return folder;
  }

  /**
   * Starts a program in a session of its own, so that a Ctrl-C in the terminal reaches it by way of the bench alone.
   * @param {string} file
   * @param {readonly string[]} words
   * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, marked?: boolean, asked?: boolean }} options marked: false for sparkctl, which marks what
   * it starts itself; asked: false for what cleans up, which goes on after a Ctrl-C
   */
  start(file, words, { cwd = repository, env = process.env, marked = true, asked = true } = {}) {
    return execa(file, words, {
      cwd,
      env: marked ? { ...env, [markVariable]: this.#mark } : env,
      extendEnv: false,
      stdin: 'ignore',
      detached: true,
      reject: false,
      ...(asked && { cancelSignal: this.signal }),
      forceKillAfterDelay: graceMs,
    });
  }

  /**
   * Runs a program to its end and returns what it printed; throws where it fails.
   * @param {Parameters<Lab['start']>} words
   */
  async run(...words) {
    const result = await this.start(...words);
    if (words[2]?.asked !== false) this.signal.throwIfAborted();
    if (result.failed) throw failure(result);
    return result.stdout;
  }

  /** Ends all that was started here and is marked. */
  async endStarted() {
    await endMarked(this.#mark, 10_000);
  }
}

/**
 * The error of a program that failed: what it said of it in the first line, and its last words below.
 * @param {{ exitCode?: number | undefined, shortMessage: string, stdout: string, stderr: string }} result
 */
export function failure({ exitCode, shortMessage, stdout, stderr }) {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => line.startsWith('sparkctl: ')) ?? lines.at(-1) ?? shortMessage;
  const how = exitCode === undefined ? shortMessage.split(':')[0] : `exit code ${exitCode}`;
  return new Error([`${how}: ${said}`, ...lines.slice(-15)].join('\n'));
}
