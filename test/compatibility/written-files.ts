import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';

/** Identifiers that Spark makes up anew each time it writes. */
const madeUp = [
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
  // Of a stage of a pipeline.
  /(?<=_)[0-9a-f]{12}\b/g,
];

/** Files that hold the time, identifiers or sizes of such: a stream's books, and what is said of a saved model. */
const booksOfTheirOwn = /(^|\/)(_spark_metadata|checkpoint|metadata)\//;

/** Paths of all files of a project, without sparkctl's own. */
export function projectFiles(folder: string): readonly string[] {
  // What a cluster does in there meanwhile is not looked at.
  const own = readdirSync(folder).filter((name) => name !== '.sparkctl');
  return own
    .flatMap((name) => filesBelow(join(folder, name)))
    .map((path) => relative(folder, path))
    .filter((path) => !path.endsWith('.pyc'));
}

function filesBelow(path: string): readonly string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Takes from a project all files that were not there before, and says what they were: each path with its content's
 * digest, without what Spark makes up anew each time.
 */
export async function takeWrittenFiles(
  folder: string,
  before: ReadonlySet<string>,
  python: string,
): Promise<Readonly<Record<string, string>>> {
  const written = projectFiles(folder).filter((path) => !before.has(path));
  const rows = await parquetRows(folder, written.filter(isParquet), python);
  const found = new Map<string, string[]>();
  for (const path of written) {
    const content = rows.get(path) ?? contentOf(folder, path);
    found.set(plain(path), [...(found.get(plain(path)) ?? []), content]);
  }
  for (const path of written)
    rmSync(join(folder, path.split('/')[0] ?? path), { recursive: true, force: true });
  // Names that differ only in what Spark makes up are one name; their contents are kept apart.
  return Object.fromEntries([...found].map(([name, contents]) => [name, contents.sort().join(' and ')]));
}

const isParquet = (path: string) => path.endsWith('.parquet');

/** Parquet's writer puts some lists into an order that is another each time, so its files are compared by their rows. */
async function parquetRows(folder: string, paths: readonly string[], python: string) {
  if (paths.length === 0) return new Map<string, string>();
  const program = join(import.meta.dirname, 'materials/parquet_rows.py');
  const { stdout } = await execa(python, [program, ...paths], { cwd: folder });
  const lines = stdout.split('\n');
  return new Map(paths.map((path, index) => [path, lines[index] ?? '']));
}

function plain(path: string): string {
  return madeUp.reduce((text, pattern) => text.replace(pattern, '…'), path);
}

function contentOf(folder: string, path: string): string {
  if (booksOfTheirOwn.test(path) || path.endsWith('.parquet.crc')) return 'is there';
  const content = readFileSync(join(folder, path));
  return `${content.length} bytes, ${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
