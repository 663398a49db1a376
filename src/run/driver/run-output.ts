import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../../system/errors/system-error.ts';
import { writeFully } from '../../system/files/write-file.ts';

/** The size of the end of the output that is kept in memory. */
const tailBytes = 64 * 1024;

/**
 * Keeps what a driver prints, byte for byte, in `stdout.log` and `stderr.log` of the run folder. That of a detached driver may be
 * written there by another process.
 */
export class RunOutput implements Disposable {
  readonly #folder: string;
  readonly #stdout: number;
  readonly #stderr: number;
  readonly #tail = { stdout: new Tail(), stderr: new Tail() };
  #fail: (reason: unknown) => void = () => {};
  readonly #isStale: { stdout: boolean; stderr: boolean };
  /** After an error, and once the files are closed: their numbers then belong to other files. */
  #isOver = false;

  /** Rejects as soon as something cannot be kept, as on a full disk. What comes after that is dropped. */
  readonly failed: Promise<never>;

  /** `isTakenUp` says that the files are there: whoever hands on what they have to say begins at the beginning. */
  constructor(folder: string, isTakenUp = false) {
    this.#folder = folder;
    this.#stdout = openLog(join(folder, 'stdout.log'));
    this.#stderr = openLog(join(folder, 'stderr.log'));
    this.#isStale = { stdout: isTakenUp, stderr: isTakenUp };
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** Written at once, so that a driver that prints faster than the disk takes it is slowed down and nothing piles up in memory. */
  stdout(chunk: Uint8Array): void {
    this.#tail.stdout.add(chunk);
    this.#write('stdout', chunk);
  }

  stderr(chunk: Uint8Array): void {
    this.#tail.stderr.add(chunk);
    this.#write('stderr', chunk);
  }

  /** The last that was printed. What was handed on here is not read from the files: the script can write to them. */
  lastPrinted(stream: 'stdout' | 'stderr'): string {
    return this.#tail[stream].text() || endOf(this.#fileOf(stream));
  }

  #fileOf(stream: 'stdout' | 'stderr'): number {
    return stream === 'stdout' ? this.#stdout : this.#stderr;
  }

  /** It is called by a stream: an error that it threw would end the whole process and leave the driver alone. */
  #write(stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    if (this.#isOver) return;
    const file = this.#fileOf(stream);
    try {
      if (this.#isStale[stream]) ftruncateSync(file);
      this.#isStale[stream] = false;
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

/** Opens a log, to add to it. What has come into its place meanwhile, and is none, is refused. */
function openLog(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const file = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
  const stats = fstatSync(file);
  if (stats.isFile() && stats.nlink === 1) return file;
  closeSync(file);
  throw new SparkctlError({
    code: 'foreign-log',
    category: 'io',
    message: `${path} is no file of its own any more.`,
    hint: 'Something other than sparkctl has put it there. What the run printed is lost.',
    details: { path },
  });
}

function open(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw wrapWriteError(error, `The file ${path}`);
  }
}

/** The end of a file, as text. */
function endOf(file: number): string {
  const { size } = fstatSync(file);
  const bytes = Buffer.alloc(Math.min(size, tailBytes));
  const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString('utf8', 0, read);
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
