import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps what a driver prints, byte for byte, in `stdout.log` and `stderr.log` of the run folder. */
export class RunOutput implements Disposable {
  readonly #stdout: number;
  readonly #stderr: number;

  constructor(folder: string) {
    this.#stdout = openSync(join(folder, 'stdout.log'), 'a', 0o600);
    this.#stderr = openSync(join(folder, 'stderr.log'), 'a', 0o600);
  }

  /** Written at once, so that a driver that prints faster than the disk takes it is slowed down and nothing piles up in memory. */
  stdout(chunk: Uint8Array): void {
    writeSync(this.#stdout, chunk);
  }

  stderr(chunk: Uint8Array): void {
    writeSync(this.#stderr, chunk);
  }

  [Symbol.dispose](): void {
    closeSync(this.#stdout);
    closeSync(this.#stderr);
  }
}
