import { open, stat } from 'node:fs/promises';
import { waitUntil } from './wait-until.ts';

/** The lines of a file from its beginning; with `follow` also those that are added, until the signal aborts. */
export async function* followFile(
  path: string,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const file = await open(path, 'r');
  try {
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(64 * 1024);
    let rest = '';
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      position += bytesRead;
      const lines = (rest + decoder.decode(chunk.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
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
