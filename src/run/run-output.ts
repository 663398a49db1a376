import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { writeFully } from '../system/files/write-file.ts';

/** The size of the end of the output that is kept in memory. */
const tailBytes = 64 * 1024;

/** Keeps what a driver prints, byte for byte, in `stdout.log` and `stderr.log` of the run folder. */
export class RunOutput implements Disposable {
  readonly #folder: string;
  readonly #stdout: number;
  readonly #stderr: number;
  readonly #tail = { stdout: new Tail(), stderr: new Tail() };
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
    this.#tail.stdout.add(chunk);
    this.#write(this.#stdout, chunk);
  }

  stderr(chunk: Uint8Array): void {
    this.#tail.stderr.add(chunk);
    this.#write(this.#stderr, chunk);
  }

  /** The last that was printed. Not read from the files: the script may have put others in their place. */
  lastPrinted(stream: 'stdout' | 'stderr'): string {
    return this.#tail[stream].text();
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

/** The end of what comes in pieces. */
class Tail {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  add(piece: Uint8Array): void {
    // A copy of its own: a small part of a large piece would keep all of it in memory.
    const kept = Uint8Array.from(piece.subarray(Math.max(0, piece.length - tailBytes)));
    this.#pieces.push(kept);
    this.#bytes += kept.length;
    while (this.#bytes - (this.#pieces[0]?.length ?? 0) >= tailBytes)
      this.#bytes -= this.#pieces.shift()?.length ?? 0;
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}
