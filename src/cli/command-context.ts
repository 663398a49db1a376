import type { CliHost } from './cli-host.ts';

/** What every command gets. */
export interface CommandContext {
  readonly host: CliHost;
  readonly signal: AbortSignal;
  /** Sets the exit code of a command that did what it was asked, whatever came of it. */
  end(exitCode: number): void;
}
