import { exitCodeOfCause } from '../errors/failure-cause.ts';
import { SparkctlError } from '../errors/sparkctl-error.ts';
import type { CliHost } from './cli-host.ts';

/** A signal that aborts at the first Ctrl-C or SIGTERM. The second one ends the process without waiting for the clean-up. */
export function interruption(host: CliHost): AbortSignal {
  const controller = new AbortController();
  const on = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', cause: 'interrupted' | 'terminated') => {
    host.onSignal(signal, () => {
      if (controller.signal.aborted) {
        host.stderr.write('\nStopped at once. The next sparkctl command ends what is left.\n');
        host.exitNow(exitCodeOfCause[cause]);
        return;
      }
      host.stderr.write(`\n${signal}: stopping what was started; once more to stop at once.\n`);
      controller.abort(
        new SparkctlError({
          code: cause,
          cause,
          message: cause === 'interrupted' ? 'Interrupted by Ctrl-C.' : `Ended by ${signal}.`,
        }),
      );
    });
  };
  on('SIGINT', 'interrupted');
  on('SIGTERM', 'terminated');
  on('SIGHUP', 'terminated');
  return controller.signal;
}
