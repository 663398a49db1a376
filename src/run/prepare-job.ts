import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { DriverLaunch } from '../cluster/driver.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import { type GenerateOutcome, generateDataset } from '../job/datasets/generate-dataset.ts';
import type { Ledger } from '../job/datasets/ledger.ts';
import { mustBeCountable } from '../job/input/decompress.ts';
import { findInput, unreadable } from '../job/input/find-input.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import type { Job } from '../job/resolve-job.ts';
import { kindOf, type ResolvedTarget } from '../job/targets/registry.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { realPathOf } from '../system/files/places.ts';
import { lockMaking } from '../system/locks/claims.ts';
import type { PhaseEnd } from '../system/phase.ts';
import type { Run } from './run.ts';

/** Makes the input where the manifest has a dataset, and makes sure that it is there where it has none. */
export async function prepareInput(
  manifest: Manifest,
  { journal, context }: Run,
): Promise<Ledger | undefined> {
  const { dataset, input } = manifest;
  if (input === undefined) return undefined;
  if (dataset === undefined) {
    await mustBeReadable(manifest);
    return undefined;
  }
  const made = await journal.phase('dataset', () => makeDataset(dataset, input.path, context));
  return made.ledger;
}

/** Generates the data of a manifest, unless it is there. */
export async function makeDataset(
  dataset: NonNullable<Manifest['dataset']>,
  path: string,
  context: OperationContext,
): Promise<PhaseEnd<GenerateOutcome>> {
  const { name, seed, rows } = dataset;
  // Runs that want the same data share its claim: the first of them makes it.
  await using _making = await lockMaking(context.project, await realPathOf(path), context);
  const value = await generateDataset({
    ...datasetRequest(dataset),
    path,
    signal: context.signal,
    onProgress: (written) => context.emit({ kind: 'rows-generated', rows: written, of: rows }),
  });
  return { value, result: { phase: 'dataset', dataset: name, rows, seed, reused: value.reused } };
}

/** The request that a manifest makes of a generator. */
export function datasetRequest({ name, seed, rows, defects }: NonNullable<Manifest['dataset']>) {
  const named = Object.entries(defects).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { dataset: name, seed, rows, defects: Object.fromEntries(named) };
}

/** Makes the target with its table, typed and empty, before Spark starts: a target that cannot be written is found out now. */
export async function prepareTarget(
  target: ResolvedTarget,
  { journal, context: { signal } }: Run,
): Promise<void> {
  await journal.phase('database', async () => {
    const { table } = target;
    const made = await kindOf(target).prepare(target, { signal });
    const columns = table.columns.length;
    return { value: made, result: { phase: 'database', made, table: table.name, columns } };
  });
}

/** Makes sure that the files of an input are there, may be read, and can be counted where the result is checked. */
async function mustBeReadable({ input, target, file }: Manifest): Promise<void> {
  if (input === undefined) return;
  const files = await findInput(input.path, file);
  for (const path of files) {
    if (target !== undefined) mustBeCountable(path);
    try {
      await access(path, constants.R_OK);
    } catch (error) {
      throw unreadable(error, path);
    }
  }
}

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

/** Lists the files that a job reads and writes, as far as its manifest says: a driver needs access to them and to nothing else. */
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
