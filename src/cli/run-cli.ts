import { type Command, CommanderError } from 'commander';
import { exitCodeOf, firstFailure, SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { CliHost } from './cli-host.ts';
import { interruption } from './interruption.ts';
import { buildProgram } from './program.ts';
import { formatDefect, formatError } from './render/format.ts';

/** The time for which a reader that takes nothing may keep a command that was ended from outside. */
const lastWordsMs = 2_000;

/** Runs one command line and returns the exit code, once everything that it printed is on its way. */
export async function runCli(words: readonly string[], host: CliHost): Promise<number> {
  const signal = interruption(host);
  const exitCode = await runWords(words, host, signal);
  await Promise.race([
    Promise.all([host.stdout.flushed(), host.stderr.flushed()]),
    new Promise((resolve) => {
      const hurry = () => setTimeout(resolve, lastWordsMs);
      if (signal.aborted) hurry();
      else signal.addEventListener('abort', hurry);
    }),
  ]);
  // Nobody may take it for done when its answer did not arrive.
  if (exitCode !== 0 || !(signal.reason instanceof SparkctlError) || signal.reason.code !== 'output-failed')
    return exitCode;
  host.stderr.write(formatError(signal.reason));
  return signal.reason.exitCode;
}

/** The only place that turns failures into words and codes. */
async function runWords(words: readonly string[], host: CliHost, signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const program = buildProgram({
    host,
    words,
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
      return exitCodeOf.usage;
    }
    // What was under way when a signal came may fail in its own words; the signal is the reason.
    const reason = signal.aborted && !(error instanceof SparkctlError) ? signal.reason : error;
    if (reason instanceof SparkctlError) {
      host.stderr.write(formatError(reason));
      return reason.exitCode;
    }
    host.stderr.write(formatDefect(reason));
    return exitCodeOf.defect;
  }
}

/** Says which word of a command line is wrong, and names the help to read. */
export function usageMessage(error: CommanderError, words: readonly string[], root: Command): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\n?\(Did you mean (.+?)\?\)/, '. Did you mean $1?');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return `sparkctl: ${/[.?]$/.test(sentence) ? sentence : `${sentence}.`}\n  Hint: sparkctl ${[...commandsOf(words, root), '--help'].join(' ')}\n`;
}

/** The leading words that are commands: those whose help says more. */
function commandsOf([word, ...rest]: readonly string[], parent: Command): readonly string[] {
  const command = parent.commands.find((each) => each.name() === word);
  return command === undefined ? [] : [command.name(), ...commandsOf(rest, command)];
}
