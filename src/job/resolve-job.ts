import { access, constants } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { resolveInside } from '../system/files/places.ts';
import { canAccess } from '../system/files/read-file.ts';
import { loadManifest } from './manifest/load-manifest.ts';
import type { Manifest } from './manifest/manifest.ts';

/** A job to submit: the application as spark-submit gets it, and the manifest that goes with it. */
export interface Job {
  readonly name: string;
  readonly application: string;
  readonly manifest?: Manifest;
}

interface JobWords {
  /** A script, a jar or a manifest, as the person wrote it. */
  readonly application: string;
  readonly useManifest: boolean;
  readonly workingFolder: string;
  readonly project: string;
  /** See `SubmitRequest`. Relative to the working folder. */
  readonly dataFolder?: string | undefined;
  /** Instead of the dataset's own numbers. */
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
}

/** Finds the script and the manifest beside it, and puts the numbers of the command line into it. `jobs/etl.py` and `jobs/etl.yaml` are the same job. */
export async function resolveJob(words: JobWords): Promise<Job> {
  return withOverrides(await findJob(words), words);
}

async function findJob(words: JobWords): Promise<Job> {
  const { application, useManifest, workingFolder, project } = words;
  // spark-submit itself fetches what a scheme names; only files of this machine can be looked at.
  if (/^(?!file:)[a-z][a-z0-9+.-]*:/i.test(application))
    return { name: basename(application, extname(application)), application };
  const path = pathOf(application, workingFolder);
  const extension = extname(path);
  const name = basename(path, extension);
  const folders = { project, workingFolder, dataFolder: await dataFolderOf(words) };
  if (extension === '.yaml' || extension === '.yml') {
    await mustBeReadable(path, application, workingFolder, 'manifest');
    const manifest = await loadManifest(path, folders);
    return { name, application: manifest.script, manifest };
  }
  await mustBeReadable(path, application, workingFolder, 'script');
  const beside = useManifest ? await manifestBeside(path) : undefined;
  if (beside === undefined) return { name, application: path };
  return {
    name,
    application: path,
    manifest: { ...(await loadManifest(beside, folders)), script: path },
  };
}

/** The folder for what the job makes, where one is named: absolute, and in the project, which is all that a container sees. */
async function dataFolderOf({ dataFolder, workingFolder, project }: JobWords): Promise<string | undefined> {
  if (dataFolder === undefined) return undefined;
  const path = resolve(workingFolder, dataFolder);
  if ((await canAccess(path)) && (await resolveInside(project, path)) !== undefined) return path;
  throw new SparkctlError({
    code: 'bad-data-folder',
    category: 'usage',
    message: `The data folder ${dataFolder} is not a folder of the project ${project}.`,
    hint: `Name one that is there and in the project; make it with: mkdir -p ${relative(workingFolder, join(project, 'data/test'))}`,
    details: { path },
  });
}

/** The path of what a person named: a path, or an address such as `file:///srv/job.py`, as spark-submit takes it. */
function pathOf(application: string, workingFolder: string): string {
  if (!/^file:/i.test(application)) return resolve(workingFolder, application);
  try {
    return fileURLToPath(application);
  } catch (error) {
    throw new SparkctlError({
      code: 'bad-address',
      category: 'usage',
      message: `${application} is no address of a file on this machine.`,
      hint: 'Write file:///absolute/path, with %20 for a space and its like, or the path itself.',
      cause: error,
    });
  }
}

/** `--rows` and `--seed` stand above the manifest's numbers. */
function withOverrides(job: Job, { rows, seed }: Pick<JobWords, 'rows' | 'seed'>): Job {
  if (rows === undefined && seed === undefined) return job;
  const dataset = job.manifest?.dataset;
  if (job.manifest === undefined || dataset === undefined) {
    throw new SparkctlError({
      code: 'no-dataset',
      category: 'usage',
      message: `--rows and --seed need a job with a dataset, and ${job.name} has none.`,
      hint: 'Leave them out, or give the manifest a dataset.',
    });
  }
  const manifest: Manifest = {
    ...job.manifest,
    dataset: { ...dataset, ...(rows !== undefined && { rows }), ...(seed !== undefined && { seed }) },
  };
  return { ...job, manifest };
}

async function mustBeReadable(
  path: string,
  written: string,
  workingFolder: string,
  what: 'manifest' | 'script',
): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code !== 'EACCES';
    throw new SparkctlError({
      code: missing ? `${what}-missing` : `${what}-unreadable`,
      category: 'input',
      message: missing
        ? `The ${what} ${written} is not there.`
        : `The ${what} ${written} cannot be read: permission denied.`,
      hint: missing
        ? `Looked for ${path}. Options of sparkctl stand before the script.`
        : `Give yourself read permission: chmod u+r ${relative(workingFolder, path)}`,
      details: { path },
      cause: error,
    });
  }
}

async function manifestBeside(script: string): Promise<string | undefined> {
  const stem = join(dirname(script), basename(script, extname(script)));
  for (const path of [`${stem}.yaml`, `${stem}.yml`]) {
    if (await canAccess(path)) return path;
  }
  return undefined;
}
