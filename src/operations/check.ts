import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationContext } from '../cluster/operation-context.ts';
import type { CheckResult } from '../job/checks/check.ts';
import { readLedger } from '../job/datasets/ledger.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { askChecks, type CheckableManifest, checksVerdict, loadingJob } from '../run/check-result.ts';
import type { SubmitRequest } from '../run/plan/submit-request.ts';
import { type Accounting, newRunId, plainJobName, type RunOutcome } from '../run/record/run-record.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import { wrapWriteError } from '../system/errors/system-error.ts';
import { hold } from '../system/files/hold.ts';
import { makeStateFolder, stateFolder } from '../system/files/places.ts';
import { inPhase } from '../system/phase.ts';

/** A job whose result is to be checked as it is now. */
export type CheckRequest = Pick<SubmitRequest, 'application' | 'workingFolder' | 'strict'>;

/** The answer of the checks: as a run's, but for what only a run has. */
export interface CheckedResult extends Pick<RunOutcome, 'state' | 'message' | 'cause'> {
  readonly exitCode: number;
  readonly job: string;
  readonly database: { readonly path: string; readonly table: string; readonly rows?: number };
  readonly checks: readonly CheckResult[];
  readonly accounting?: Accounting;
  /** The folder with the files that checks name. The next check of the job replaces them. */
  readonly folder: string;
}

const checksFolder = 'checks';

/** Checks the result of a job that is there, whichever run made it, without Spark. */
export async function check(
  { application, workingFolder, strict = false }: CheckRequest,
  context: OperationContext,
): Promise<CheckedResult> {
  const { project, emit, signal } = context;
  const job = await resolveJob({
    application,
    workingFolder: workingFolder ?? project,
    project,
    useManifest: true,
  });
  const manifest = checkable(job.name, job.manifest);
  const parts = [checksFolder, plainJobName(job.name)];
  await makeRoom(project, parts);
  const facts = {
    ledger: await ledgerOf(manifest),
    rowsFolder: { root: stateFolder(project), parts },
  };
  const of = loadingJob(project, job.name, manifest);
  const mark = newRunId(`check-${job.name}`, new Date());
  const { results, accounting, rows } = await inPhase(emit, 'checks', () =>
    askChecks(manifest, of, facts, { mark, signal }),
  );
  const { hint: _ofRuns, exitCode = 0, ...verdict } = checksVerdict(results, accounting, strict);
  return {
    job: job.name,
    ...verdict,
    exitCode,
    database: { ...of.database, ...(rows !== undefined && { rows }) },
    checks: results,
    ...(accounting && { accounting }),
    folder: join(stateFolder(project), ...parts),
  };
}

function checkable(name: string, manifest: Manifest | undefined): CheckableManifest {
  if (manifest?.target !== undefined && manifest.checks.length > 0)
    return { ...manifest, target: manifest.target };
  const lacks = manifest === undefined ? 'no manifest' : 'a manifest without checks';
  throw new SparkctlError({
    code: 'no-checks',
    category: 'usage',
    message: `The job ${name} has ${lacks}, so there is nothing to check.`,
    hint: 'List the checks in the manifest beside the script, under checks:, with the database that they read.',
  });
}

/** The facts about the data that is there, whichever run has generated it. */
async function ledgerOf({ dataset, input }: Manifest) {
  return dataset === undefined || input === undefined ? undefined : await readLedger(input.path);
}

/** Makes the folder for the rows that are wrong, and removes what the last check has left there. */
async function makeRoom(project: string, parts: readonly string[]): Promise<void> {
  const folder = join(stateFolder(project), ...parts);
  try {
    await makeStateFolder(project);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await using held = await hold(stateFolder(project), parts);
    for (const name of await readdir(held.path))
      if (/^failing-rows-.*\.jsonl$/.test(name)) await rm(join(held.path, name), { force: true });
  } catch (error) {
    throw wrapWriteError(error, `The folder ${folder}`);
  }
}
