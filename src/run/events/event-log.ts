import { constants } from 'node:fs';
import { cp, link, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, wrapWriteError } from '../../system/errors/system-error.ts';
import { decompressing, isZstd, isZstdError } from './zstd.ts';

/** The Spark property that ties an application to the run that submitted it; it stands in the event log. */
export const runProperty = 'spark.sparkctl.run';

/** The part of an event log that is read to find the properties of its application, which come among its first lines. */
const headBytes = 4 * 1024 * 1024;

/**
 * Brings the event logs of a run's applications from the folder that its cluster shares into the run folder, as hard
 * links where the file system can. Returns the application ids in the order in which they began.
 */
export async function collectEventLogs(from: string, runId: string, to: string): Promise<readonly string[]> {
  const found: { id: string; at: number }[] = [];
  for (const entry of await readdir(from, { withFileTypes: true }).catch(() => [])) {
    const source = join(from, entry.name);
    const first = entry.isDirectory() ? await firstEventFile(source) : source;
    const at = first === undefined ? undefined : await beganAt(first, runId);
    if (at === undefined) continue;
    if (from !== to) await bring(source, join(to, entry.name), entry.isDirectory());
    found.push({ id: applicationId(entry.name), at });
  }
  return found.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id)).map(({ id }) => id);
}

async function firstEventFile(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const events = names.filter((name) => name.startsWith('events_')).sort();
  return events[0] === undefined ? undefined : join(folder, events[0]);
}

/**
 * Tells when the log of an application of that run was begun; undefined for everything else. Jobs of others may write into the
 * folder, too: an entry that is no file that can be read, such as a link or a pipe, is none of this run's logs.
 */
async function beganAt(path: string, runId: string): Promise<number | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) return undefined;
    const head = Buffer.alloc(Math.min(headBytes, found.size));
    await file.read(head, 0, head.length, 0);
    const text = isZstd(path) ? await decompressedHead(head) : head;
    return text.includes(`"${runProperty}":"${runId}"`) ? found.birthtimeMs : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'EACCES', 'EPERM', 'ENXIO', 'ESTALE'))
      return undefined;
    throw error;
  }
}

/** The beginning of a compressed log, which was cut off somewhere, as far as it can be read. */
async function decompressedHead(head: Buffer): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    const take = await decompressing((piece) => {
      pieces.push(piece);
      bytes += piece.length;
    });
    for (let at = 0; at < head.length && bytes < headBytes; at += 1 << 16)
      take(head.subarray(at, at + (1 << 16)));
  } catch (error) {
    if (!isZstdError(error)) throw error;
  }
  return Buffer.concat(pieces);
}

async function bring(source: string, target: string, isFolder: boolean): Promise<void> {
  try {
    if (!isFolder) return await linkOrCopy(source, target);
    await mkdir(target, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(source, { withFileTypes: true })) {
      if (entry.isFile()) await linkOrCopy(join(source, entry.name), join(target, entry.name));
    }
  } catch (error) {
    // A log that vanished, such as one that Spark has renamed at its end, is no reason to lose the run.
    if (!hasErrorCode(error, 'ENOENT')) throw wrapWriteError(error, `The event log ${target}`);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => cp(source, target, { recursive: true }));
}

/** `eventlog_v2_app-2026…-0000` and `app-2026…-0000.inprogress` belong to `app-2026…-0000`. */
export function applicationId(name: string): string {
  return name
    .replace(/^eventlog_v2_/, '')
    .replace(/\.inprogress$/, '')
    .replace(/\.(zstd|lz4|lzf|snappy)$/, '');
}

/** The memory of an executor that was too small: the heap of its JVM, or what its container or machine allows. */
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
