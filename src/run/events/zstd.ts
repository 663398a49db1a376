import { basename } from 'node:path';

/** Tells by its name whether Spark has compressed an event log by zstd, as it does unless told otherwise. */
export function isZstd(path: string): boolean {
  return /\.zstd(?:\.|$)/.test(basename(path));
}

/** Makes a function that takes the pieces of a compressed log, and gives on what was in them. The zlib of Node 20 has no zstd. */
export async function decompressing(take: (bytes: Uint8Array) => void): Promise<(bytes: Uint8Array) => void> {
  const { Decompress } = await import('fzstd');
  const stream = new Decompress(take);
  // It keeps what it is given until a block is whole.
  return (bytes) => stream.push(bytes.slice());
}

/** Tells an error of damaged data from others: it has a number for its code, or is that of an array's bounds. */
export function isZstdError(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof Error && typeof (error as { code?: unknown }).code === 'number')
  );
}
