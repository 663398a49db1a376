import { Socket } from 'node:net';
import { hasErrorCode } from '../system/errors/system-error.ts';
import { writeFully } from '../system/files/write-file.ts';
import type { OutputSink } from './cli-host.ts';

/** Standard output or standard error. What it cannot be given any more is dropped: the first failure is told, and none is thrown. */
export class Outlet implements OutputSink {
  readonly #stream: NodeJS.WriteStream & { readonly fd: number };
  /** Terminals, pipes and sockets; what else there is, is written to like a file. */
  readonly #isSocket: boolean;
  #tell: (error: Error) => void = () => {};
  #isClosed = false;

  constructor(stream: NodeJS.WriteStream & { readonly fd: number }) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
    stream.on('error', (error) => this.#close(error));
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns;
  }

  onFailure(tell: (error: Error) => void): void {
    this.#tell = tell;
  }

  write(chunk: string | Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#isSocket) {
      this.#stream.write(chunk);
      return;
    }
    // Node writes to files at once, too, but once only: of what a full disk takes in part it would not say a word.
    try {
      writeFully(this.#stream.fd, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    } catch (error) {
      this.#close(error as Error);
    }
  }

  async ready(signal?: AbortSignal): Promise<void> {
    if (this.#isClosed || signal?.aborted || !this.#stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ['drain', 'close', 'error']) this.#stream.off(event, done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.#stream.on(event, done);
      signal?.addEventListener('abort', done);
    });
  }

  async flushed(): Promise<void> {
    if (this.#isClosed || !this.#isSocket) return;
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
  }

  #close(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A reader that has seen enough, such as `| head -1`, closes our output: that is no failure.
    if (!hasErrorCode(error, 'EPIPE', 'ECONNRESET')) this.#tell(error);
  }
}
