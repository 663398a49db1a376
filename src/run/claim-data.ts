import { relative } from 'node:path';
import { presentVersion, versionOf } from '../job/datasets/generate-dataset.ts';
import { findInput } from '../job/input/find-input.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import { kindOf } from '../job/targets/registry.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { realPathOf } from '../system/files/places.ts';
import { type Claim, type Conflict, whereToLook } from '../system/locks/claims.ts';
import { waitUntil } from '../system/processes/wait-until.ts';
import { datasetRequest } from './prepare-job.ts';
import type { Run } from './run.ts';

const waitIntervalMs = 250;

/** Whoever wants something that is held, and the sentence that says what to do then. */
interface Wanting {
  readonly who: string;
  readonly remedy: string;
}

const ofRun: Wanting = {
  who: 'this run',
  remedy: 'Submit again with --wait to begin as soon as it is over.',
};

/**
 * Claims what a job reads and writes, for the whole of its run: until its checks are done nobody changes it under them. With
 * `wait` it waits for the runs that hold something, instead of failing.
 */
export async function claimData(
  manifest: Manifest,
  wait: boolean,
  { claims, journal, context }: Run,
): Promise<void> {
  const wanted = await claimsOf(manifest);
  const conflicts = await claims.tryToAdd(wanted, context.signal);
  const [first] = conflicts;
  if (first === undefined) return;
  if (!wait) throw conflictError(first, manifest, context.project);
  await journal.phase('wait', async () => {
    const waitedFor = new Set<string>();
    const tell = ({ wanted: { kind, name }, holder: { run } }: Conflict) => {
      if (waitedFor.has(run)) return;
      waitedFor.add(run);
      const path = relative(context.project, name);
      context.emit({ kind: 'waiting-for-run', run, holds: kind, path });
    };
    conflicts.forEach(tell);
    await waitUntil(
      async () => {
        const left = await claims.tryToAdd(wanted, context.signal);
        left.forEach(tell);
        return left.length === 0 ? true : undefined;
      },
      { timeoutMs: Number.POSITIVE_INFINITY, intervalMs: waitIntervalMs, signal: context.signal },
    );
    return { value: undefined, result: { phase: 'wait', runs: [...waitedFor] } };
  });
}

async function claimsOf({ dataset, input, target, outputs }: Manifest): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  // Runs that read the same data do not disturb each other; one that wants other data there would.
  if (input !== undefined && dataset !== undefined) {
    claims.push(await claimOfDataset(dataset, input.path));
  } else if (input !== undefined) {
    // What is missing is told when the input is looked at.
    for (const file of await findInput(input.path).catch(() => [])) {
      const sharedAs = (await presentVersion(file)) ?? 'as it is';
      claims.push({ kind: 'input', name: await realPathOf(file), sharedAs });
    }
  }
  // The files that a target keeps beside its first come and go with it.
  const written = [
    ...(target === undefined ? [] : kindOf(target).writes(target).slice(0, 1)),
    ...Object.values(outputs),
  ];
  for (const path of written) claims.push({ kind: 'target', name: await realPathOf(path) });
  return claims;
}

/** The claim on data that is generated: others that want the same data there may hold it, too. */
export async function claimOfDataset(
  dataset: NonNullable<Manifest['dataset']>,
  path: string,
): Promise<Claim> {
  const sharedAs = versionOf(datasetRequest(dataset));
  return { kind: 'input', name: await realPathOf(path), sharedAs };
}

/** The error of wanting something that a run holds. */
export function conflictError(
  { wanted, holder }: Conflict,
  { dataset }: Pick<Manifest, 'dataset'>,
  project: string,
  { who, remedy }: Wanting = ofRun,
): SparkctlError {
  const path = relative(project, wanted.name);
  const { run } = holder;
  const message =
    wanted.kind === 'target'
      ? `Run ${run} holds the target ${path}.`
      : dataset === undefined
        ? `Run ${run} generates the input ${path}, which ${who} is to read.`
        : `Run ${run} works with the data in the input ${path}, and ${who} would put other data there.`;
  return new SparkctlError({
    code: `${wanted.kind}-held`,
    category: 'temporary',
    message,
    hint: `${remedy} ${whereToLook(holder)}`,
    details: { run, path: wanted.name, process: holder.owner },
  });
}
