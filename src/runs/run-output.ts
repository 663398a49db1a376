import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { wrapWriteError } from '../errors/wrap-write-error.ts';
import { writeFully } from '../files/write-fully.ts';

/** Keeps what a driver prints, byte for byte, in `stdout.log` and `stderr.log` of the run folder. */
export class RunOutput implements Disposable {
  readonly #folder: string;
  readonly #stdout: number;
  readonly #stderr: number;
  #fail: (reason: unknown) => void = () => {};
  /** After an error, and once the files are closed: their numbers then belong to other files. */
  #isOver = false;

  /** Rejects as soon as something cannot be kept, as on a full disk. What comes after that is dropped. */
  readonly failed: Promise<never>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#stdout = openSync(join(folder, 'stdout.log'), 'a', 0o600);
    this.#stderr = openSync(join(folder, 'stderr.log'), 'a', 0o600);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** Written at once, so that a driver that prints faster than the disk takes it is slowed down and nothing piles up in memory. */
  stdout(chunk: Uint8Array): void {
    this.#write(this.#stdout, chunk);
  }

  stderr(chunk: Uint8Array): void {
    this.#write(this.#stderr, chunk);
  }

  /** It is called by a stream: an error that it threw would end the whole process and leave the driver alone. */
  #write(file: number, chunk: Uint8Array): void {
    if (this.#isOver) return;
    try {
      writeFully(file, chunk);
    } catch (error) {
      this.#isOver = true;
      this.#fail(wrapWriteError(error, `The output of the run in ${this.#folder}`));
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    closeSync(this.#stdout);
    closeSync(this.#stderr);
  }
}
