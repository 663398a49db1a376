import { mkdir } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { DriverLaunch } from '../cluster/driver.ts';
import { findInput } from '../job/input/find-input.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import type { Job } from '../job/resolve-job.ts';
import { kindOf } from '../job/targets/registry.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';

/** Makes the folders of what a job writes beside its table. */
export async function prepareOutputs(manifest: Manifest): Promise<void> {
  for (const folder of new Set(Object.values(manifest.outputs).map((path) => dirname(path)))) {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw wrapWriteError(error, `The folder ${folder} of an output`);
    }
  }
}

/** What a job reads and writes, as far as it says so: whoever runs it must be able to do that, and needs no more. */
export async function filesOf({ application, manifest }: Job): Promise<DriverLaunch['files']> {
  const target = manifest?.target;
  return {
    reads: [
      ...(isAbsolute(application) ? [application] : []),
      ...(manifest?.input === undefined ? [] : await inputOf(manifest.input.path, manifest.file)),
    ],
    writes: [
      ...(target === undefined ? [] : kindOf(target).writes(target)),
      ...Object.values(manifest?.outputs ?? {}),
    ],
  };
}

/** The files of an input; where they are found by their folder or by a pattern, the folders too, which are listed then. */
async function inputOf(path: string, manifest: string): Promise<readonly string[]> {
  const files = await findInput(path, manifest);
  return files[0] === path ? files : [...new Set([path, ...files.map((file) => dirname(file)), ...files])];
}
