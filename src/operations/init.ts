import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { hasErrorCode, wrapWriteError } from '../system/errors/system-error.ts';
import { counted } from '../system/format-number.ts';
import { packageRoot, sparkctlVersion } from '../system/package.ts';

/** A project that was made from the example. */
export interface MadeProject {
  readonly folder: string;
  /** Its files, relative to the folder. */
  readonly files: readonly string[];
}

/** The files of the example project, which is `examples/` itself. */
export const projectFiles = [
  'package.json',
  '.gitignore',
  'README.md',
  'vitest.config.ts',
  'data/orders.csv',
  'jobs/totals.py',
  'jobs/totals.yaml',
  'jobs/users.py',
  'jobs/users.yaml',
  'tests/totals.test.ts',
  'tests/users.test.ts',
] as const;

/** Makes a project with jobs, data and tests that pass. Nothing that is there is overwritten. */
export async function initProject(folder: string, workingFolder: string): Promise<MadeProject> {
  const project = resolve(workingFolder, folder);
  const contents = await Promise.all(
    projectFiles.map(async (path) => [path, await contentOf(path, basename(project))] as const),
  );
  await refuseToOverwrite(project);
  for (const [path, content] of contents) {
    const file = join(project, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
    } catch (error) {
      throw wrapWriteError(error, `The file ${file}`);
    }
  }
  return { folder: project, files: projectFiles };
}

/** The text of a file of the project. npm leaves out a file that is called .gitignore, so its name is another in the package. */
async function contentOf(path: (typeof projectFiles)[number], name: string): Promise<string> {
  const text = await readFile(join(packageRoot, 'examples', path.replace(/^\./, '')), 'utf8');
  if (path !== 'package.json') return text;
  const example = JSON.parse(text);
  const devDependencies = { ...example.devDependencies, sparkctl: `^${sparkctlVersion}` };
  return `${JSON.stringify({ ...example, name: packageName(name), devDependencies }, null, 2)}\n`;
}

/** A name that npm takes, from that of a folder. */
function packageName(folder: string): string {
  const name = folder.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return name.replace(/^-+|-+$/g, '').slice(0, 100) || 'jobs';
}

async function refuseToOverwrite(project: string): Promise<void> {
  const present = await Promise.all(projectFiles.map((path) => isThere(join(project, path))));
  const taken = projectFiles.filter((_, index) => present[index]);
  if (taken.length === 0) return;
  throw new SparkctlError({
    code: 'files-exist',
    category: 'output',
    message: `${counted(taken.length, 'file')} would be overwritten in ${project}: ${taken.join(', ')}.`,
    hint: 'Name a new folder, such as: sparkctl init demo. Nothing was written.',
    details: { folder: project, files: taken },
  });
}

/** Tells whether a path is taken, also by a link that leads nowhere. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw wrapWriteError(error, `The file ${path}`);
  }
}
