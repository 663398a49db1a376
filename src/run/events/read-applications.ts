import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { hasErrorCode } from '../../system/errors/system-error.ts';
import { counted } from '../../system/format-number.ts';
import type { Application } from './application.ts';
import { ApplicationReader } from './application-reader.ts';
import { applicationId } from './event-log.ts';
import { decompressing, isZstd, isZstdError } from './zstd.ts';

/** Applications as their event logs tell of them, and the reasons why something is missing, one sentence each. */
export interface ToldByLogs {
  readonly applications: readonly Application[];
  readonly problems: readonly string[];
}

/** As much text of one application is read: that is some hundred thousand tasks. A compressed log can hold any amount. */
const mostBytes = 512 * 1024 * 1024;

/** Reads the event logs in a run's folder, also compressed ones and those whose writer died. */
export async function readApplications(folder: string): Promise<ToldByLogs> {
  const applications: Application[] = [];
  const problems: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    // Hadoop keeps checksums beside files.
    if (entry.name.startsWith('.') || !(entry.isFile() || entry.isDirectory())) continue;
    const path = join(folder, entry.name);
    const files = entry.isDirectory() ? await eventFiles(path) : [path];
    const reader = new ApplicationReader(applicationId(entry.name));
    const budget = { bytes: mostBytes };
    for (const file of files) {
      const problem = await readLines(file, budget, (line) => reader.take(line));
      if (problem !== undefined) problems.push(`Of the event log ${entry.name} ${problem}.`);
    }
    const application = reader.finish();
    if (application === undefined) continue;
    applications.push(application);
    if (application.unreadableLines > 0)
      problems.push(
        `In the event log ${entry.name} ${counted(application.unreadableLines, 'line')} could not be read.`,
      );
  }
  return { applications: applications.sort((a, b) => a.startedAt - b.startedAt), problems };
}

/** The files of a rolled log in their order. What Spark has compacted takes the place of all that was before it. */
async function eventFiles(folder: string): Promise<readonly string[]> {
  const numbered = (await readdir(folder).catch(() => []))
    .flatMap((name) => {
      const [, number] = /^events_(\d{1,9})_/.exec(name) ?? [];
      return number === undefined
        ? []
        : [{ name, number: Number(number), compact: name.endsWith('.compact') }];
    })
    .sort((a, b) => a.number - b.number || Number(a.compact) - Number(b.compact));
  const from = numbered.findLastIndex(({ compact }) => compact);
  return numbered.slice(Math.max(0, from)).map(({ name }) => join(folder, name));
}

/** Gives the lines of a file to `take`. Answers with the reason why not all of them could be given, as the end of a sentence. */
async function readLines(
  path: string,
  budget: { bytes: number },
  take: (line: string) => void,
): Promise<string | undefined> {
  const codec = /\.(lz4|lzf|snappy)(?:\.|$)/.exec(basename(path))?.[1];
  if (codec !== undefined)
    return `nothing could be read: it is compressed by ${codec}; zstd and plain text can be read`;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const takeText = (bytes: Uint8Array) => {
    budget.bytes -= bytes.length;
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (budget.bytes <= 0) throw new TooMuch();
  };
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return 'nothing could be read: it is no file';
    const takeBytes = isZstd(path) ? await decompressing(takeText) : takeText;
    const piece = Buffer.alloc(1 << 18);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      takeBytes(piece.subarray(0, bytesRead));
    }
  } catch (error) {
    if (error instanceof TooMuch) return `only the first ${mostBytes / 1024 / 1024} MiB were read`;
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'EMLINK', 'EACCES', 'EPERM', 'ENXIO'))
      return 'nothing could be read';
    if (isZstdError(error)) return 'the rest could not be read: its compression is damaged';
    throw error;
  }
  // The last line of a log whose writer died has no end.
  if (rest !== '') take(rest);
  return undefined;
}

class TooMuch extends Error {}
