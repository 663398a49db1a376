import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Which memory of an executor was too small: the heap of its JVM, or what its container or machine allows. */
export type MemoryShortage = 'heap' | 'limit';

/** Spark's executor ends with 52 for an OutOfMemoryError; a memory limit ends a process with signal 9. */
const signs: readonly (readonly [MemoryShortage, RegExp])[] = [
  ['heap', /exited with code 52\b|java\.lang\.OutOfMemoryError/],
  ['limit', /exited with code 137\b|Python worker exited unexpectedly \(crashed\)/],
];

/** Reads in the event logs of a failed run whether its executors were short of memory. */
export async function findMemoryShortage(eventLogFolder: string): Promise<MemoryShortage | undefined> {
  const entries = await readdir(eventLogFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile())) {
    const found = await shortageIn(join(entry.parentPath, entry.name));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function shortageIn(path: string): Promise<MemoryShortage | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  await using _closed = file;
  // A log may be large, and is only read until the first sign.
  for await (const line of file.readLines()) {
    if (!/^\{"Event":"SparkListener(ExecutorRemoved|TaskEnd|JobEnd)"/.test(line)) continue;
    const sign = signs.find(([, pattern]) => pattern.test(line));
    if (sign !== undefined) return sign[0];
  }
  return undefined;
}
