import { CommanderError } from 'commander';
import { exitCodeOfCause } from '../errors/failure-cause.ts';
import { firstFailure, SparkctlError } from '../errors/sparkctl-error.ts';
import type { CliHost } from './cli-host.ts';
import { interruption } from './interruption.ts';
import { buildProgram } from './program.ts';
import { formatDefect, formatError } from './render/format-error.ts';
import { usageMessage } from './usage-message.ts';

/** Runs one command line and returns the exit code. The only place that turns failures into words and codes. */
export async function runCli(words: readonly string[], host: CliHost): Promise<number> {
  const signal = interruption(host);
  let exitCode = 0;
  const program = buildProgram({
    host,
    signal,
    end: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    const error = firstFailure(thrown);
    if (error instanceof CommanderError) {
      // A command of commands that stands alone has shown its help, as if it was asked to.
      if (error.exitCode === 0 || error.code === 'commander.help') return 0;
      host.stderr.write(usageMessage(error, words, program));
      return exitCodeOfCause.usage;
    }
    // What was under way when a signal came may fail in its own words; the signal is the reason.
    const reason = signal.aborted && !(error instanceof SparkctlError) ? signal.reason : error;
    if (reason instanceof SparkctlError) {
      host.stderr.write(formatError(reason));
      return reason.exitCode;
    }
    host.stderr.write(formatDefect(reason));
    return exitCodeOfCause.defect;
  }
}
