import { exitCodeOf, SparkctlError } from '../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../system/errors/system-error.ts';
import type { CliHost } from './cli-host.ts';

/**
 * The one signal by which a command is ended from outside, whatever the reason: it aborts at the first Ctrl-C, SIGTERM
 * or SIGHUP, and where nothing can be printed any more. A second Ctrl-C or SIGTERM ends the process without waiting for
 * the clean-up.
 */
export function interruption(host: CliHost): AbortSignal {
  const controller = new AbortController();
  const end = (reason: SparkctlError) => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  const on = (
    signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
    cause: 'interrupted' | 'terminated',
    isForced: (came: number) => boolean,
  ) => {
    let came = 0;
    host.onSignal(signal, () => {
      came += 1;
      if (isForced(came)) {
        host.stderr.write('\nStopped at once. The next sparkctl command ends what is left.\n');
        host.exitNow(exitCodeOf[cause]);
        return;
      }
      if (controller.signal.aborted) return;
      // First of all, as the lines that are drawn again and again leave the terminal then.
      end(
        new SparkctlError({
          code: cause,
          category: cause,
          message: cause === 'interrupted' ? 'Interrupted by Ctrl-C.' : `Ended by ${signal}.`,
        }),
      );
      host.stderr.write(`\n${signal}: stopping what was started; once more to stop at once.\n`);
    });
  };
  on('SIGINT', 'interrupted', () => controller.signal.aborted);
  on('SIGTERM', 'terminated', (came) => came > 1);
  // Closing a terminal sends it several times, from the shell and from the system; that is no demand to hurry.
  on('SIGHUP', 'terminated', () => false);
  host.stdout.onFailure((error) => end(outputFailure(error, 'Standard output')));
  host.stderr.onFailure((error) => end(outputFailure(error, 'Standard error')));
  return controller.signal;
}

function outputFailure(error: Error, what: string): SparkctlError {
  if (hasErrorCode(error, 'EIO')) {
    return new SparkctlError({
      code: 'terminal-closed',
      category: 'terminated',
      message: 'Ended because the terminal was closed.',
      cause: error,
    });
  }
  return new SparkctlError({
    code: 'output-failed',
    category: 'io',
    message: `${what} cannot be written (${'code' in error ? error.code : error.message}), so the command was ended.`,
    hint: hasErrorCode(error, 'ENOSPC', 'EDQUOT')
      ? 'The disk behind it is full: free some space, or send it elsewhere.'
      : 'Send it elsewhere.',
    cause: error,
  });
}
