import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, sep } from 'node:path';
import { SparkctlError } from '../../../system/errors/sparkctl-error.ts';
import { hasErrorCode } from '../../../system/errors/system-error.ts';
import { dockerfileSources } from './dockerfile-sources.ts';
import { matchFiles } from './match-files.ts';

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

/** Where spark/Dockerfile looks for certificates. */
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
