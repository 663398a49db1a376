import { type OperationContext, operationContext, projectFolder } from '../../operations/context.ts';
import { printableJson } from '../../system/errors/printable.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import type { CliHost, CommandContext } from '../cli-host.ts';
import { type Progress, quietProgress } from '../render/progress.ts';

/** Often enough that a million rows stay within a bounded memory, seldom enough to cost nothing. */
const collectEveryRows = 50_000;

/** The context in which a command's operation works: in the project of its folder, with its events shown as they come. */
export function surroundings(command: CommandContext, progress: Progress): OperationContext {
  const { host, signal, settings } = command;
  const collect = collector(host);
  return operationContext({
    project: projectFolder(host.workingFolder),
    environment: host.environment,
    emit: (event) => {
      progress.show(event);
      collect(event);
    },
    signal,
    settings,
  });
}

/** Progress for commands that show none: only warnings are printed. */
export function quiet({ host }: CommandContext): Progress {
  return quietProgress(host.stderr);
}

/** Prints the answer of a command: for people, or as JSON. */
export function print(
  { host }: CommandContext,
  { json }: { readonly json?: true },
  value: unknown,
  words: () => string,
): void {
  host.stdout.write(json ? `${printableJson(value, 2)}\n` : words());
}

/** Prints lines as they come, as fast as they are read; throws the signal's reason where it ended them. */
export async function printLines(
  { host, signal }: CommandContext,
  lines: AsyncIterable<string>,
  format: (line: string) => string = (line) => line,
): Promise<void> {
  for await (const line of lines) {
    host.stdout.write(`${format(line)}\n`);
    await host.stdout.ready(signal);
  }
  signal.throwIfAborted();
}

/** Leaves memory to Spark: collects garbage after each phase, and now and then while rows are generated. */
function collector(host: CliHost): (event: SparkctlEvent) => void {
  let nextCollection = collectEveryRows;
  return (event) => {
    if (event.kind === 'phase-finished') host.collectGarbage();
    if (event.kind !== 'rows-generated' || event.rows < nextCollection) return;
    host.collectGarbage();
    nextCollection = event.rows + collectEveryRows;
  };
}
