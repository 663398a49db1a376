import { execa } from 'execa';
import { endMarked } from './end-marked.ts';
import { markVariable } from './process-mark.ts';

interface ProgramSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly mark: string;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

export interface ProgramExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started. */
  readonly problem: string | undefined;
}

export interface RunningProgram {
  readonly pid: number | undefined;
  readonly exited: Promise<ProgramExit>;
  /** Ends it and all that it started; settles once nothing of it is left. */
  stop(graceMs: number): Promise<void>;
}

/** How long children of a program that ended may take to end, too. */
const leftoverGraceMs = 2_000;

/**
 * Starts a program whose output is wanted as it comes. It gets a process group of its own, so that a Ctrl-C in the
 * terminal reaches only sparkctl, which then stops the program in order..
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
  subprocess.stdout.on('data', spec.onStdout);
  subprocess.stderr.on('data', spec.onStderr);
  const ended = async (): Promise<ProgramExit> => {
    // What outlives the program would keep its output open for ever, and is nobody's any more.
    await Promise.race([new Promise((resolve) => subprocess.once('exit', resolve)), subprocess]);
    await endMarked(spec.mark, leftoverGraceMs);
    const { exitCode, signal, originalMessage, shortMessage } = await subprocess;
    const problem =
      exitCode === undefined && signal === undefined ? originalMessage || shortMessage : undefined;
    return { exitCode, signal, problem };
  };
  return {
    pid: subprocess.pid,
    exited: ended(),
    stop: (graceMs) => endMarked(spec.mark, graceMs),
  };
}
