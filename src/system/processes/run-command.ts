import { execa } from 'execa';

interface RunCommandOptions {
  readonly cwd?: string;
  /** The whole environment; this process's own where it is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Called for each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandOutcome {
  /** Undefined when the program could not be started or a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The reason why the program could not be started or was stopped, in a few words. */
  readonly problem: string | undefined;
}

/** Runs a program to its end without a shell and returns what it said; a failure is a value, not an exception. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandOutcome> {
  const { onLine } = options;
  const watched =
    onLine === undefined
      ? 'pipe'
      : function* (line: unknown) {
          onLine(String(line));
          yield line;
        };
  const result = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    stdout: watched,
    stderr: watched,
    extendEnv: options.environment === undefined,
    ...(options.environment === undefined ? {} : { env: options.environment }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    forceKillAfterDelay: 2_000,
  });
  return {
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    problem: result.exitCode === undefined ? result.originalMessage || result.shortMessage : undefined,
  };
}
