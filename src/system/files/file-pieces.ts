import { open } from 'node:fs/promises';

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
