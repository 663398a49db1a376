import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../system/errors/system-error.ts';
import { expandSlashedBraces, isPattern, matcherOf } from '../../system/files/path-pattern.ts';

/** The formats of an input, by which its lines are counted. */
export const inputFormats = ['jsonl', 'csv'] as const;

export type InputFormat = (typeof inputFormats)[number];

/** The ends of names that say how a file is compressed, and nothing about its lines. */
const compression = /\.(?:gz|gzip|bz2|deflate|zstd?|lz4|snappy)$/i;

/** The format of an input that does not say which it is: a file's or a pattern's, compressed or not. */
export function formatOfPath(path: string): InputFormat {
  return extname(path.replace(compression, '')).toLowerCase() === '.csv' ? 'csv' : 'jsonl';
}

/**
 * The files that Spark reads for an absolute path, sorted: a file, a folder, or a pattern of either. The look before a
 * run and the checks after it both ask here. Links are followed. A path that names nothing is an error; a folder without a file is not, as for Spark.
 * `namedIn` is the manifest, for the message.
 */
export async function findInput(path: string, namedIn = 'the manifest'): Promise<readonly string[]> {
  try {
    const roots = await rootsOf(path);
    if (roots.length === 0) throw missing(path, namedIn);
    const found = await Promise.all(roots.map(filesOf));
    // With one partitioned folder among them, Spark reads partitions alone.
    const partitioned = found.flatMap(({ partitions }) => partitions);
    const files = partitioned.length > 0 ? partitioned : found.flatMap(({ direct }) => direct);
    return [...new Set(files)].sort();
  } catch (error) {
    throw unreadable(error, path);
  }
}

/**
 * The files and folders that a path names: itself where it is there, else what it matches as a pattern. A hidden file that is named is
 * read by jobs of the library, and skipped by Spark without a warning: it counts, so that the difference is seen.
 */
async function rootsOf(path: string): Promise<readonly string[]> {
  if ((await look(path)) !== undefined) return [path];
  if (!isPattern(path)) return [];
  const roots = await Promise.all(expandSlashedBraces(path).map(matchesOf));
  return [...new Set(roots.flat())];
}

async function matchesOf(pattern: string): Promise<readonly string[]> {
  let found: readonly string[] = ['/'];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const next = isPattern(part)
      ? await Promise.all(found.map((folder) => matchesIn(folder, matcherOf(part))))
      : // A name that leads upwards could leave the project by way of a brace.
        [part === '..' || part === '.' ? [] : found.map((folder) => join(folder, part))];
    found = next.flat();
  }
  const there = await Promise.all(found.map(async (path) => ({ path, is: await look(path) })));
  return there.flatMap(({ path, is }) =>
    is?.isDirectory() || (is?.isFile() && !isHidden(basename(path))) ? [path] : [],
  );
}

async function matchesIn(folder: string, matches: (name: string) => boolean): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(matches).map((name) => join(folder, name));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

interface Found {
  /** The files of the folder itself. */
  readonly direct: readonly string[];
  /** The files somewhere below a folder called `key=value`. */
  readonly partitions: readonly string[];
}

async function filesOf(root: string): Promise<Found> {
  const found = await look(root);
  if (found === undefined) return { direct: [], partitions: [] };
  if (found.isFile()) return { direct: [root], partitions: [] };
  const partitions: string[] = [];
  const direct: string[] = [];
  await walk(root, [identityOf(found)], (path, inPartition, depth) => {
    if (inPartition) partitions.push(path);
    else if (depth === 0) direct.push(path);
  });
  return { direct, partitions };
}

type Visit = (file: string, inPartition: boolean, depth: number) => void;

/** Visits every file below a folder. `above` has the folders on the way, so that a link to one of them ends the descent. */
async function walk(
  folder: string,
  above: readonly string[],
  visit: Visit,
  inPartition = false,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isHidden(name)) continue;
    const path = join(folder, name);
    const found = await look(path);
    if (found?.isFile()) visit(path, inPartition, above.length - 1);
    else if (found?.isDirectory() && !above.includes(identityOf(found)))
      await walk(path, [...above, identityOf(found)], visit, inPartition || /^[^=]+=./.test(name));
  }
}

/** As Spark has it, for the names in a folder. */
function isHidden(name: string): boolean {
  return (name.startsWith('_') && !name.includes('=')) || name.startsWith('.') || name.endsWith('._COPYING_');
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** Looks at what a path leads to; undefined where it leads nowhere, such as a link to something that is gone. */
async function look(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG')) return undefined;
    throw error;
  }
}

function missing(path: string, namedIn: string): SparkctlError {
  return new SparkctlError({
    code: 'input-missing',
    category: 'input',
    message: isPattern(path) ? `The input ${path} matches no file.` : `The input ${path} is not there.`,
    hint: `Put it there, or change input.path in ${namedIn}.`,
    details: { path },
  });
}

/** Explains why an input cannot be read; an error that does not come from the file system is returned unchanged. */
export function unreadable(error: unknown, path: string): unknown {
  if (
    !(error instanceof Error) ||
    !hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EIO')
  )
    return error;
  const denied = hasErrorCode(error, 'EACCES', 'EPERM');
  return new SparkctlError({
    code: 'input-unreadable',
    category: denied ? 'permission' : 'input',
    message: `The input ${path} cannot be read: ${error.message}.`,
    hint: denied
      ? 'Give yourself permission to read it.'
      : 'Correct the path of the input, or give yourself permission to read it.',
    details: { path },
    cause: error,
  });
}
