import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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
