import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { endMarked, markVariable } from './process-mark.ts';
import { waitUntil } from './wait-until.ts';

/** Takes a piece of what a program prints. Nothing more is read before it settles, so that a slow reader slows the program down. */
export type TakeOutput = (chunk: Uint8Array) => void | Promise<void>;

interface ProgramSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly mark: string;
  readonly onStdout: TakeOutput;
  readonly onStderr: TakeOutput;
}

export interface ProgramExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The reason why it could not be started. */
  readonly problem: string | undefined;
  /** A process without the mark still holds its output, and could print for ever: that is not waited for. */
  readonly outputIsHeld: boolean;
}

export interface RunningProgram {
  readonly pid: number | undefined;
  /** Settles once it has ended and all that it printed was taken. */
  readonly exited: Promise<ProgramExit>;
  /** Ends it and all that it started; settles once nothing of it is left. */
  stop(graceMs: number): Promise<void>;
}

/** The time that children of a program that ended may take to end, too. */
const leftoverGraceMs = 2_000;

/**
 * Starts a program whose output is wanted as it comes. It gets a process group of its own, so that a Ctrl-C in the
 * terminal reaches only sparkctl, which then stops the program in order.
 */
export function startProgram(spec: ProgramSpec): RunningProgram {
  const subprocess = execa(spec.file, spec.args, {
    cwd: spec.workingFolder,
    env: { ...spec.environment, [markVariable]: spec.mark },
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    detached: true,
    reject: false,
  });
  // A process that outlives the program would keep its output open for ever, and nothing else ends it.
  const over = Promise.race([new Promise((resolve) => subprocess.once('exit', resolve)), subprocess]);
  const ending = async (): Promise<ProgramEnd> => {
    const { exitCode, signal, originalMessage, shortMessage } = await subprocess;
    const problem =
      exitCode === undefined && signal === undefined ? originalMessage || shortMessage : undefined;
    return { exitCode, signal, problem };
  };
  return followProgram({ pid: subprocess.pid, over, ending }, subprocess, spec);
}

type ProgramEnd = Omit<ProgramExit, 'outputIsHeld'>;

/** A program that runs, whoever started it. */
interface LivingProgram {
  readonly pid: number | undefined;
  /** Settles once its own process has ended; others may still have its output. */
  readonly over: Promise<unknown>;
  /** Tells how it ended. Asked once its output has been taken or given up. */
  ending(): Promise<ProgramEnd>;
}

/** Hands on a program's output, and sees to it that all that it started has ended when it has. */
export function followProgram(
  { pid, over, ending }: LivingProgram,
  { stdout, stderr }: { readonly stdout: Readable; readonly stderr: Readable },
  { mark, onStdout, onStderr }: Pick<ProgramSpec, 'mark' | 'onStdout' | 'onStderr'>,
): RunningProgram {
  const handovers = [new Handover(stdout, onStdout), new Handover(stderr, onStderr)];
  const ended = async (): Promise<ProgramExit> => {
    await over;
    await endMarked(mark, leftoverGraceMs);
    const outputIsHeld = !(await allTaken(handovers));
    for (const handover of handovers) handover.giveUp();
    return { ...(await ending()), outputIsHeld };
  };
  return { pid, exited: ended(), stop: (graceMs) => endMarked(mark, graceMs) };
}

/** The time for which an output that is open although its program has ended may be silent. */
const silenceMs = 2_000;
/** More than the system holds back of what a program has printed. */
const mostHeldBytes = 2 ** 20;
const lookEveryMs = 50;

/** Tells whether all outputs of a program that has ended come to their end. One that another process holds does not, silent or not. */
async function allTaken(handovers: readonly Handover[]): Promise<boolean> {
  const before = bytesOf(handovers);
  let silentMs = 0;
  let lastLook = performance.now();
  const answer = await waitUntil(
    () => {
      if (handovers.every(({ isOver }) => isOver)) return true;
      const now = performance.now();
      // The time that a slow taker takes is not the program's silence.
      if (!handovers.some(({ isTaking }) => isTaking)) silentMs += Math.min(now - lastLook, 2 * lookEveryMs);
      lastLook = now;
      return silentMs >= silenceMs || bytesOf(handovers) - before > mostHeldBytes ? false : undefined;
    },
    { timeoutMs: Number.POSITIVE_INFINITY, intervalMs: lookEveryMs },
  );
  return answer === true;
}

function bytesOf(handovers: readonly Handover[]): number {
  return handovers.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Hands on the pieces of a stream one after the other. */
class Handover {
  readonly #stream: Readable;
  bytes = 0;
  isTaking = false;
  isOver = false;

  constructor(stream: Readable, take: TakeOutput) {
    this.#stream = stream;
    void this.#handOn(take);
  }

  /** Drops what comes from now on. */
  giveUp(): void {
    this.#stream.destroy();
  }

  async #handOn(take: TakeOutput): Promise<void> {
    try {
      for await (const chunk of this.#stream) {
        this.isTaking = true;
        await take(chunk);
        this.isTaking = false;
        this.bytes += chunk.length;
      }
    } catch {
      // It was given up, or cannot be read any further.
    } finally {
      this.isTaking = false;
      this.isOver = true;
    }
  }
}
