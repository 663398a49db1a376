import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Manifest } from '../../config/manifest/manifest.ts';
import { wrapWriteError } from '../../errors/wrap-write-error.ts';

/** Makes the folders of what a job writes beside its table. Returns them: whoever runs the job must be able to write there. */
export async function prepareOutputs(manifest: Manifest): Promise<readonly string[]> {
  const folders = [...new Set(Object.values(manifest.outputs).map((path) => dirname(path)))];
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw wrapWriteError(error, `The folder ${folder} of an output`);
    }
  }
  return folders;
}
