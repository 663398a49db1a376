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
  /** Settles once everything is on its way, or nobody takes it any more. */
  flushed(): Promise<void>;
  /** Tells, once, that it can be given nothing any more; a reader that has merely seen enough is not told of. */
  onFailure(tell: (error: Error) => void): void;
}

/** What the command line takes from the process it runs in, so that a test can hand in its own. */
export interface CliHost {
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  /** Ends the process without further clean-up. */
  exitNow(code: number): void;
}
