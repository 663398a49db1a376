import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { InstallStep } from '../system/event.ts';
import { markVariable } from '../system/processes/process-mark.ts';
import { runCommand } from '../system/processes/run-command.ts';
import { pipEnvironment } from './certificates.ts';
import type { RuntimeContext } from './made-once.ts';

/** Makes the function that runs one program of an installation to its end, and throws what it ended with when it fails. */
export function installStep(
  what: string,
  mark: string,
  { environment, emit, signal }: RuntimeContext,
): (part: string, file: string, args: readonly string[]) => Promise<void> {
  return async (part, file, args) => {
    const outcome = await runCommand(file, args, {
      environment: { ...pipEnvironment(withoutPythonSettings(environment)), [markVariable]: mark },
      signal,
      onLine: (line) => {
        const progress = progressOf(line);
        if (progress !== undefined) emit({ kind: 'installing', ...progress });
      },
    });
    signal.throwIfAborted();
    if (outcome.exitCode !== 0)
      throw installFailure(what, part, outcome.problem ?? lastSaid(outcome.stdout, outcome.stderr));
  };
}

/** An activated environment of the user's must not leak into the one that is made. */
function withoutPythonSettings(environment: Readonly<Record<string, string | undefined>>) {
  const {
    PYTHONHOME: _home,
    PYTHONPATH: _path,
    VIRTUAL_ENV: _venv,
    PIP_TARGET: _target,
    PIP_USER: _user,
    ...rest
  } = environment;
  return rest;
}

/** Reads the step of the installation from a line of pip's output. */
function progressOf(line: string): { readonly step: InstallStep; readonly what?: string } | undefined {
  const collecting = /^Collecting ([^\s;]+)/.exec(line)?.[1];
  if (collecting !== undefined) return { step: 'collecting', what: collecting };
  const downloading = /Downloading \S*?([^/\s]+) \(([^)]+)\)/.exec(line);
  if (downloading !== null) return { step: 'downloading', what: `${downloading[1]}, ${downloading[2]}` };
  if (/Building wheel|Preparing metadata/.test(line)) return { step: 'building' };
  return line.startsWith('Installing collected') ? { step: 'installing' } : undefined;
}

export function installFailure(what: string, part: string, output: string): SparkctlError {
  const certificate = output.includes('CERTIFICATE_VERIFY_FAILED');
  return new SparkctlError({
    code: 'runtime-install-failed',
    category: /No space left/.test(output) ? 'io' : 'runtime',
    message: `Making ${what} failed at ${part}. It ended with:\n${output}`,
    hint: certificate
      ? 'A TLS-intercepting proxy signs the connection: name its certificates with SSL_CERT_FILE=/path/to/bundle.pem and try again.'
      : 'Behind a proxy set HTTPS_PROXY, and SSL_CERT_FILE where it intercepts TLS; then try again. What is half-made is made again.',
  });
}

export function lastSaid(stdout: string, stderr: string, lines = 12): string {
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n');
}
