import type { OperationContext } from '../cluster/operation-context.ts';
import { ledgerPathOf } from '../job/datasets/ledger.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { claimOfDataset, conflictError } from '../run/claim-data.ts';
import { reclaim } from '../run/left/reclaim.ts';
import type { SubmitRequest } from '../run/plan/submit-request.ts';
import { makeDataset } from '../run/prepare-job.ts';
import { newRunId } from '../run/record/run-record.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { Claims } from '../system/locks/claims.ts';
import { inPhase } from '../system/phase.ts';

/** A job whose dataset is to be generated, and the numbers that stand above those of its manifest. */
export type GenerateRequest = Pick<SubmitRequest, 'application' | 'workingFolder' | 'rows' | 'seed'>;

/** Data that a generator has written. */
export interface GeneratedData {
  readonly dataset: string;
  readonly seed: number;
  readonly rows: number;
  /** The data file, absolute. */
  readonly path: string;
  /** The file beside it that says what a correct load of it must contain. */
  readonly ledger: string;
  readonly bytes: number;
  readonly sha256: string;
  /** True where the file was there already, exactly as wanted. */
  readonly reused: boolean;
}

/** Generates the dataset of a manifest where its input is to be, unless it is there already. */
export async function generate(
  { application, workingFolder, rows, seed }: GenerateRequest,
  context: OperationContext,
): Promise<GeneratedData> {
  const { project, emit, signal } = context;
  const words = {
    application,
    workingFolder: workingFolder ?? project,
    project,
    useManifest: true,
    rows,
    seed,
  };
  const job = await resolveJob(words);
  const { dataset, input } = job.manifest ?? {};
  if (dataset === undefined || input === undefined) throw noDataset(job.name);
  const wanted = await claimOfDataset(dataset, input.path);
  const id = newRunId(`generate-${job.name}`, new Date());
  await using claims = new Claims({
    project,
    run: id,
    reclaim: () => reclaim(context, 'at-once'),
    onStopWanted: () => {},
  });
  const [conflict] = await claims.tryToAdd([wanted], signal);
  if (conflict !== undefined)
    throw conflictError(conflict, { dataset }, project, {
      who: 'this command',
      remedy: 'Generate it when that is over, or give the manifest another input.path.',
    });
  const { ledger, reused } = await inPhase(emit, 'dataset', () => makeDataset(dataset, input.path, context));
  return {
    dataset: ledger.dataset,
    seed: ledger.seed,
    rows: ledger.rows,
    path: input.path,
    ledger: ledgerPathOf(input.path),
    ...ledger.file,
    reused,
  };
}

function noDataset(job: string): SparkctlError {
  return new SparkctlError({
    code: 'no-dataset',
    category: 'usage',
    message: `The job ${job} has no dataset that could be generated.`,
    hint: 'Give its manifest a dataset and an input.path, where the file is written.',
  });
}
