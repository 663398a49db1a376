import type { Settings } from '../operations/context.ts';

/** A place that text goes to; a terminal knows its width. */
export interface TextSink {
  write(chunk: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Standard output or standard error. */
export interface OutputSink extends TextSink {
  /** Settles once it takes more without piling it up, or the signal aborts: at once, unless its reader is slow. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Settles once everything is written, or can no longer be. */
  flushed(): Promise<void>;
  /** Reports the first failed write, once; a reader that closes its end early is not reported. */
  onFailure(tell: (error: Error) => void): void;
}

/** The process that the command line runs in, as far as it uses it; a test passes its own. */
export interface CliHost {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  /** Gives unused memory back to the system. */
  collectGarbage(): void;
  /** Ends the process without further clean-up. */
  exitNow(code: number): void;
}

/** The surroundings of a command. */
export interface CommandContext {
  readonly host: CliHost;
  /** The whole command line, without the name of the program. */
  readonly words: readonly string[];
  readonly signal: AbortSignal;
  /** The settings that options gave. */
  readonly settings?: Settings;
  /** Sets the exit code of a command that ran to its end, whatever came of it. */
  end(exitCode: number): void;
}
