import { access, constants } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { loadManifest } from '../../config/manifest/load-manifest.ts';
import type { Manifest } from '../../config/manifest/manifest.ts';
import { SparkctlError } from '../../errors/sparkctl-error.ts';
import { canAccess } from '../../files/can-access.ts';

/** What is to be submitted: the application as spark-submit gets it, and the manifest that goes with it. */
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
}

/** Finds the script and the manifest beside it. `jobs/etl.py` and `jobs/etl.yaml` are the same job. */
export async function resolveJob({
  application,
  useManifest,
  workingFolder,
  project,
}: JobWords): Promise<Job> {
  const path = resolve(workingFolder, application);
  const extension = extname(application);
  const name = basename(application, extension);
  // spark-submit itself fetches what a scheme names; only files of this machine can be looked at.
  if (/^[a-z][a-z0-9+.-]*:/i.test(application) && !application.startsWith('file:'))
    return { name, application };
  if (extension === '.yaml' || extension === '.yml') {
    await mustBeReadable(path, application, 'manifest');
    const manifest = await loadManifest(path, project);
    return { name, application: manifest.script, manifest };
  }
  await mustBeReadable(path, application, 'script');
  const beside = useManifest ? await manifestBeside(path) : undefined;
  if (beside === undefined) return { name, application: path };
  return { name, application: path, manifest: { ...(await loadManifest(beside, project)), script: path } };
}

async function mustBeReadable(path: string, written: string, what: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code !== 'EACCES';
    throw new SparkctlError({
      code: missing ? `${what}-missing` : `${what}-unreadable`,
      cause: 'input',
      message: missing
        ? `The ${what} ${written} is not there.`
        : `The ${what} ${written} cannot be read: permission denied.`,
      hint: missing
        ? `Looked for ${path}. Options of sparkctl stand before the script.`
        : `Give yourself read permission: chmod u+r ${relative(process.cwd(), path)}`,
      details: { path },
      origin: error,
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
