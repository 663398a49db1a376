import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GeneratedRow, RowSource } from './dataset.ts';
import type { LedgerBuilder } from './ledger.ts';

interface WriteRows {
  readonly source: RowSource;
  readonly rows: number;
  readonly builder: LedgerBuilder;
  readonly partial: PartialFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((rows: number) => void) | undefined;
}

/** Small enough that a piece is a fraction of a megabyte, and an abort is noticed within milliseconds. */
const rowsOfPiece = 1000;

/** Writes so many rows of a source, a piece at a time: memory does not grow with the number of rows. */
export async function writeRows({
  source,
  rows,
  builder,
  partial,
  signal,
  onProgress,
}: WriteRows): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  for (let written = 0; written < rows; ) {
    const upTo = Math.min(rows, written + rowsOfPiece);
    const piece = new Piece();
    for (; written < upTo; written++) {
      const row = source.next();
      builder.add(row);
      piece.add(row);
    }
    // One piece is written while the next is made; never are there more than two.
    await writing;
    signal?.throwIfAborted();
    writing = partial.write(piece.bytes());
    onProgress?.(written);
  }
  await writing;
  signal?.throwIfAborted();
}

/** Lines on their way to the file. Text is encoded once for many lines; only invalid UTF-8 needs bytes of its own. */
class Piece {
  #text = '';
  readonly #encoded: Uint8Array[] = [];

  add(row: GeneratedRow): void {
    if (row.fate === 'quarantined' && row.bytes !== undefined) {
      this.#encodeText();
      this.#encoded.push(row.bytes);
      this.#text = '\n';
      return;
    }
    this.#text += `${row.raw}\n`;
  }

  bytes(): Uint8Array {
    this.#encodeText();
    return this.#encoded.length === 1 && this.#encoded[0] !== undefined
      ? this.#encoded[0]
      : Buffer.concat(this.#encoded);
  }

  #encodeText(): void {
    if (this.#text !== '') this.#encoded.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

/** A file that is being written beside the one it will become. Until then nothing is seen under that name. */
export class PartialFile {
  readonly #target: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #sha256 = createHash('sha256');
  #bytes = 0;

  private constructor(target: string, path: string, handle: FileHandle) {
    this.#target = target;
    this.#path = path;
    this.#handle = handle;
  }

  static async create(target: string): Promise<PartialFile> {
    await removeAbandoned(target);
    const path = `${target}.${process.pid}-${randomUUID()}.partial`;
    return new PartialFile(target, path, await open(path, 'wx', 0o664));
  }

  /** Settles when the bytes are with the operating system, so that whoever waits never has more than one piece in memory. */
  async write(piece: Uint8Array): Promise<void> {
    this.#sha256.update(piece);
    this.#bytes += piece.length;
    let written = 0;
    while (written < piece.length) {
      const { bytesWritten } = await this.#handle.write(piece, written);
      written += bytesWritten;
    }
  }

  /** Ends the writing and tells what was written. */
  async close(): Promise<{ bytes: number; sha256: string }> {
    await this.#handle.close();
    return { bytes: this.#bytes, sha256: this.#sha256.digest('hex') };
  }

  /** Takes its place, replacing what was there. */
  async publish(): Promise<void> {
    await rename(this.#path, this.#target);
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }
}

/** A killed process could not remove its partial file; the next one does. Those of living processes stay. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `${basename(target)}.`;
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)-[0-9a-f-]{36}\.partial$/.exec(name.slice(prefix.length))?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(dirname(target), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
