import { constants } from 'node:fs';
import { access, open, readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '../errors/system-error.ts';
import { waitUntil } from '../processes/wait-until.ts';

/** Tells whether a file exists, or with a mode of `fs.constants` whether this user may do that with it. */
export async function canAccess(path: string, mode?: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** The text of a file, or undefined where there is none. Other failures are thrown. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

const bytesOfPiece = 1 << 18;

/**
 * The bytes of a file, piece by piece. All pieces are in the same memory: each is valid only until the next is asked
 * for. (A stream takes new memory for each, tens of megabytes before any is given back.)
 */
export async function* filePieces(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  await using file = await open(path, 'r');
  const memory = Buffer.allocUnsafeSlow(bytesOfPiece);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(memory, 0, memory.length);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}

interface Following {
  /** Go on with the lines that are added, until the signal aborts. */
  readonly follow: boolean;
  /** Characters after which a line comes in pieces, so that one without an end does not fill the memory. */
  readonly longestLine?: number;
}

/** The lines of a file from its beginning. What is no file that can be read, such as a pipe, has none. */
export async function* followFile(
  path: string,
  { follow, longestLine = Number.POSITIVE_INFINITY }: Following,
  signal: AbortSignal,
): AsyncGenerator<string> {
  // Whoever could put a pipe in the place of a log would hold the reader until somebody writes into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return;
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(64 * 1024);
    let rest = '';
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      position += bytesRead;
      const lines = (rest + decoder.decode(chunk.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > longestLine) {
        yield rest;
        rest = '';
      }
      if (bytesRead > 0) continue;
      if (!follow || signal.aborted) break;
      if (!(await hasGrown(path, position, signal))) break;
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

/** Waits until the file is longer than `size`; false when the signal aborts first. */
async function hasGrown(path: string, size: number, signal: AbortSignal): Promise<boolean> {
  const grown = async () => ((await stat(path).catch(() => undefined))?.size ?? size) > size || undefined;
  while (!signal.aborted) {
    const answer = await waitUntil(grown, { timeoutMs: 60_000, intervalMs: 200, signal }).catch(
      () => undefined,
    );
    if (answer === true) return true;
  }
  return false;
}
