import { closeSync, openSync } from 'node:fs';
import { execa, type Options } from 'execa';
import { markVariable } from './process-mark.ts';

interface DaemonSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** The file that stdout and stderr go to. */
  readonly logPath: string;
  /** Recorded before the call, see process-mark.ts. */
  readonly mark: string;
}

export interface StartedDaemon {
  readonly pid: number;
  /** Undefined while it runs. Only the process that started it can ask. */
  exit(): { readonly exitCode: number | undefined; readonly signal: string | undefined } | undefined;
}

/** Starts a process that outlives this one: in a session of its own, with no terminal and its output in a file. */
export function startDaemon(spec: DaemonSpec): StartedDaemon {
  // execa's types know file descriptors only as literals, so that 0 is not passed by mistake.
  const log = openSync(spec.logPath, 'a', 0o600) as 3;
  try {
    const options = {
      cwd: spec.workingFolder,
      env: { ...spec.environment, [markVariable]: spec.mark },
      extendEnv: false,
      stdin: 'ignore',
      stdout: log,
      stderr: log,
      detached: true,
      cleanup: false,
      reject: false,
      buffer: false,
    } satisfies Options;
    const subprocess = execa(spec.file, spec.args, options);
    subprocess.unref();
    if (subprocess.pid === undefined) throw new Error(`${spec.file} could not be started`);
    return {
      pid: subprocess.pid,
      exit: () =>
        subprocess.exitCode === null && subprocess.signalCode === null
          ? undefined
          : { exitCode: subprocess.exitCode ?? undefined, signal: subprocess.signalCode ?? undefined },
    };
  } finally {
    closeSync(log);
  }
}
