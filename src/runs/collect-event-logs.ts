import { cp, link, mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The Spark property that ties an application to the run that submitted it; it stands in the event log. */
export const runProperty = 'spark.sparkctl.run';

/** How much of an event log is read to find the properties of its application, which come among its first lines. */
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
    if (first === undefined || !(await mentions(first, runId))) continue;
    if (from !== to) await bring(source, join(to, entry.name), entry.isDirectory());
    found.push({ id: applicationId(entry.name), at: (await stat(first)).birthtimeMs });
  }
  return found.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id)).map(({ id }) => id);
}

async function firstEventFile(folder: string): Promise<string | undefined> {
  const events = (await readdir(folder)).filter((name) => name.startsWith('events_')).sort();
  return events[0] === undefined ? undefined : join(folder, events[0]);
}

async function mentions(path: string, runId: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(headBytes, (await file.stat()).size));
    await file.read(head, 0, head.length, 0);
    return head.includes(`"${runProperty}":"${runId}"`);
  } finally {
    await file.close();
  }
}

async function bring(source: string, target: string, isFolder: boolean): Promise<void> {
  if (!isFolder) return await linkOrCopy(source, target);
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const name of await readdir(source)) await linkOrCopy(join(source, name), join(target, name));
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => cp(source, target, { recursive: true }));
}

/** `eventlog_v2_app-2026…-0000` and `app-2026…-0000.inprogress` belong to `app-2026…-0000`. */
function applicationId(name: string): string {
  return name
    .replace(/^eventlog_v2_/, '')
    .replace(/\.inprogress$/, '')
    .replace(/\.(zstd|lz4|lzf|snappy)$/, '');
}
