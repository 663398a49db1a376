import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';
import { parseJson } from '../../../system/files/read-json.ts';

interface BuildFile {
  /** Its place in the context, with forward slashes. */
  readonly path: string;
  readonly source: string;
}

/** The files that an image is built from, and the tag that changes whenever one of them does. */
export interface BuildContext {
  readonly dockerfile: string;
  readonly files: readonly BuildFile[];
  readonly tag: string;
}

interface BuildFacts {
  /** The context's folder. */
  readonly folder: string;
  /** Relative to it. */
  readonly dockerfile: string;
  /** Certificates that the build must trust. */
  readonly caBundle?: string;
  /** The build arguments of the Compose file: another base image gives another image. */
  readonly args?: Readonly<Record<string, string>>;
}

/** The name under which spark/Dockerfile looks for certificates. */
const caBundleName = 'ca-bundle.crt';

/** Finds out what an image is built from, and reads it once for its tag. */
export async function readBuildContext({
  folder,
  dockerfile,
  caBundle,
  args = {},
}: BuildFacts): Promise<BuildContext> {
  const dockerfilePath = join(folder, dockerfile);
  const text = await readInput(
    dockerfilePath,
    "The image's Dockerfile",
    'Check "build" in docker-compose.yml.',
  );
  const matched = await Promise.all(dockerfileSources(text).map((pattern) => matchFiles(folder, pattern)));
  const place = relative(folder, dockerfilePath).split(sep).join('/');
  const bundlePlace = posix.join(posix.dirname(place), caBundleName);
  const paths = new Set([place, ...matched.flat()]);
  const sources = new Map([...paths].map((path) => [path, join(folder, path)]));
  // The bundle of this machine stands in for one that lies beside the Dockerfile.
  if (caBundle !== undefined) sources.set(bundlePlace, caBundle);
  const files = [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, source]) => ({ path, source }));
  return { dockerfile: place, files, tag: await tagOf(files, args) };
}

async function tagOf(files: readonly BuildFile[], args: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, value] of Object.entries(args).sort()) hash.update(`${name}\0${value}\0`);
  for (const { path, source } of files) {
    const what = path.endsWith(caBundleName) ? 'The CA bundle' : 'A file of the image';
    const content = await readInput(
      source,
      what,
      'Check SSL_CERT_FILE and NODE_EXTRA_CA_CERTS, or the file itself.',
    );
    const executable = ((await stat(source)).mode & 0o111) !== 0;
    hash.update(`${path}\0${executable}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

async function readInput(path: string, what: string, hint: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR')) throw error;
    throw new SparkctlError({
      code: 'image-input-unreadable',
      category: 'input',
      message: `${what}, ${path}, cannot be read (${String((error as NodeJS.ErrnoException).code)}).`,
      hint,
      cause: error,
    });
  }
}

/** Lays the files out in a folder of their own, which is removed afterwards. */
export async function stageContext({
  files,
}: BuildContext): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sparkctl-build-'));
  for (const { path, source } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(source, target);
    await chmod(target, ((await stat(source)).mode & 0o111) !== 0 ? 0o755 : 0o644);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * The files of the build context that a Dockerfile copies, as it names them: paths or patterns. They, and nothing else,
 * are sent to the daemon and decide whether an image is up to date.
 */
export function dockerfileSources(text: string): readonly string[] {
  return instructions(text).flatMap((instruction) => {
    const [, rest] = /^(?:COPY|ADD)\s+(.*)$/is.exec(instruction) ?? [];
    if (rest === undefined) return [];
    const { flags = '', operands = '' } =
      /^(?<flags>(?:--\S+\s+)*)(?<operands>.*)$/s.exec(rest)?.groups ?? {};
    // What comes from another stage or image is not in the context.
    if (/--from=/.test(flags)) return [];
    return words(operands)
      .slice(0, -1)
      .filter((source) => !/^https?:\/\//.test(source));
  });
}

/** Instructions without comments, each on one line. */
function instructions(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replace(/\\\s*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}

function words(operands: string): readonly string[] {
  if (!operands.startsWith('[')) return operands.split(/\s+/).filter(Boolean);
  const list = parseJson(operands, z.array(z.string()));
  return list.kind === 'value' ? list.value : [];
}

/** The files below a folder that a Dockerfile's path or pattern stands for, relative to the folder; a folder stands for all in it. */
async function matchFiles(folder: string, pattern: string): Promise<readonly string[]> {
  const clean = posix.normalize(pattern).replace(/^\/+|\/$/g, '');
  // A pattern in the name of a folder is rare enough to be left to the whole folder above it.
  const parent = dirname(clean);
  if (/[*?[]/.test(parent)) return await filesBelow(folder, staticPart(parent));
  if (!/[*?[]/.test(basename(clean))) return await filesBelow(folder, clean);
  const expression = patternExpression(basename(clean));
  const names = (await namesIn(join(folder, parent))).filter((name) => expression.test(name));
  return (await Promise.all(names.map((name) => filesBelow(folder, posix.join(parent, name))))).flat();
}

/** `ca-bundle.cr[t]`, `*.properties`: the patterns of a Dockerfile, for one name. */
function patternExpression(pattern: string): RegExp {
  const parts = pattern.replace(/\*|\?|\[[^\]]*\]|[.+^${}()|\\]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.startsWith('[') ? part : `\\${part}`;
  });
  return new RegExp(`^${parts}$`);
}

function staticPart(path: string): string {
  const parts = path.split('/');
  return (
    parts
      .slice(
        0,
        parts.findIndex((part) => /[*?[]/.test(part)),
      )
      .join('/') || '.'
  );
}

async function filesBelow(folder: string, path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(join(folder, path))).isDirectory()) return [path];
  } catch (error) {
    // Docker's own message for a file that is not there is as good as ours, and comes in its place in the log.
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
  // Python writes byte code beside its sources whenever it likes; it must not make the image look out of date.
  const names = (await namesIn(join(folder, path))).filter((name) => name !== '__pycache__');
  return (await Promise.all(names.map((name) => filesBelow(folder, posix.join(path, name))))).flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
