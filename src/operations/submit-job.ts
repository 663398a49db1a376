import type { OperationContext } from '../cluster/operation-context.ts';
import { formatManifest } from '../job/manifest/format-manifest.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import { type Job, resolveJob } from '../job/resolve-job.ts';
import { kindOf } from '../job/targets/registry.ts';
import { checkRun } from '../run/check-result.ts';
import { reserveTarget } from '../run/choose-target.ts';
import { claimData } from '../run/claim-data.ts';
import { givenProperties, redactorOf } from '../run/given-properties.ts';
import { keepMetrics, writeReport } from '../run/keep-artifacts.ts';
import { prepareInput, prepareTarget } from '../run/prepare-data.ts';
import { filesOf, prepareOutputs } from '../run/prepare-outputs.ts';
import { reclaim } from '../run/reclaim.ts';
import { runDriver } from '../run/run-driver.ts';
import { newRunId } from '../run/run-id.ts';
import { RunJournal } from '../run/run-journal.ts';
import { outcomeOf, type RunOutcome } from '../run/run-outcome.ts';
import type { RunRecord } from '../run/run-record.ts';
import { createRunFolder, writeInRun, writeRun } from '../run/run-store.ts';
import type { SubmitRequest } from '../run/submit-request.ts';
import { openTarget } from '../run/submit-target.ts';
import type { GivenProperties } from '../spark/effective-value.ts';
import type { Redactor } from '../spark/redact.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { SparkctlEvent } from '../system/event.ts';
import { Claims } from '../system/locks/claims.ts';
import { sparkctlVersion } from '../system/package.ts';
import { ownIdentity } from '../system/processes/process-identity.ts';
import { after } from '../system/processes/wait-until.ts';

/**
 * Takes a job from nothing to a verified result. Mistakes that stand before a run (no script, an invalid manifest)
 * are thrown; what happens in the run is in the record that is returned, its exit code included.
 */
export async function submitJob(request: SubmitRequest, context: OperationContext): Promise<RunRecord> {
  await reclaim(context);
  const job = await resolveJob({ ...request, project: context.project });
  const given = await givenProperties(job, request, context);
  const redactor = redactorOf(job, request, given);
  const emit = (event: SparkctlEvent) => context.emit(redactor.everywhere(event));
  try {
    return await submitResolved(job, request, given, redactor, { ...context, emit });
  } catch (error) {
    throw redactor.error(error);
  }
}

async function submitResolved(
  job: Job,
  request: SubmitRequest,
  given: GivenProperties,
  redactor: Redactor,
  context: OperationContext,
): Promise<RunRecord> {
  const record = redactor.everywhere(await newRecord(job, request, redactor, context));
  const folder = await createRunFolder(context.project, record.id);
  await writeRun(record);
  if (job.manifest)
    await writeInRun(record, 'manifest.yaml', formatManifest(fitToKeep(job.manifest, redactor)));
  const journal = new RunJournal(record, context.emit, redactor);
  const timeout = timeoutSignal(request.timeoutMs);
  const stopped = new AbortController();
  // Free only when the record says how the run has ended.
  await using claims = new Claims({
    project: context.project,
    run: record.id,
    reclaim: () => reclaim(context),
    onStopWanted: (by) => stopped.abort(stoppedBy(by)),
  });
  const signal = AbortSignal.any([context.signal, stopped.signal, ...(timeout ? [timeout.signal] : [])]);
  let outcome: RunOutcome;
  try {
    const inRun = { ...context, signal, run: record.id };
    outcome = await run(job, request, given, redactor, journal, claims, folder, inRun);
  } catch (error) {
    outcome = outcomeOf(signal.aborted ? signal.reason : error);
    if (outcome.cause === 'defect') {
      await writeReport(await journal.finish(outcome), context.emit);
      throw error;
    }
  } finally {
    timeout?.cancel();
  }
  const finished = await journal.finish(outcome);
  await writeReport(finished, context.emit);
  return finished;
}

async function run(
  job: Job,
  request: SubmitRequest,
  given: GivenProperties,
  redactor: Redactor,
  journal: RunJournal,
  claims: Claims,
  folder: string,
  context: OperationContext & { readonly run: string },
): Promise<RunOutcome> {
  const { manifest } = job;
  if (manifest) await claimData(manifest, claims, journal, { ...context, wait: request.wait });
  const choice = await reserveTarget(job, request, given, claims, context);
  await using target = await openTarget(choice, journal, context);
  const ledger = manifest && (await prepareInput(manifest, journal, context));
  if (manifest?.target) await prepareTarget(manifest.target, journal, context);
  if (manifest) await prepareOutputs(manifest);
  const jobFiles = await filesOf(job);
  const connection = await target.connect();
  const driver = await runDriver({
    job,
    request,
    given,
    redactor,
    journal,
    folder,
    jobFiles,
    connection,
    target,
    context,
  });
  await keepMetrics(journal, folder, context.emit);
  if (driver.exitCode !== 0) return driver;
  context.signal.throwIfAborted();
  if (manifest?.target === undefined) return { state: 'succeeded', exitCode: 0 };
  return await checkRun({
    manifest: { ...manifest, target: manifest.target },
    ledger,
    request,
    journal,
    context,
  });
}

async function newRecord(
  job: Job,
  request: SubmitRequest,
  redactor: Redactor,
  context: OperationContext,
): Promise<RunRecord> {
  const owner = await ownIdentity();
  const now = new Date();
  const { manifest } = job;
  return {
    schemaVersion: 1,
    id: newRunId(job.name, now),
    state: 'preparing',
    job: {
      name: job.name,
      script: job.application,
      ...(manifest && { manifest: manifest.file }),
      arguments: [...redactor.arguments(request.applicationArguments)],
    },
    project: context.project,
    startedAt: now.toISOString(),
    owner,
    applicationIds: [],
    versions: { sparkctl: sparkctlVersion, node: process.versions.node },
    command: [],
    phases: [],
    checks: [],
    ...(manifest?.target && {
      database: {
        path: kindOf(manifest.target).location(manifest.target),
        table: manifest.target.table.name,
      },
    }),
    links: {},
  };
}

/** A manifest may hold secrets, as values of properties or as arguments; its copy in the run folder does not. */
function fitToKeep(manifest: Manifest, redactor: Redactor): Manifest {
  return {
    ...redactor.everywhere(manifest),
    conf: redactor.properties(manifest.conf),
    arguments: redactor.arguments(manifest.arguments),
  };
}

function stoppedBy(by: string): SparkctlError {
  return new SparkctlError({
    code: 'stopped',
    category: 'terminated',
    message: `Stopped by ${by}.`,
  });
}

function timeoutSignal(
  timeoutMs: number | undefined,
): { signal: AbortSignal; cancel: () => void } | undefined {
  if (timeoutMs === undefined) return undefined;
  const controller = new AbortController();
  const error = new SparkctlError({
    code: 'timeout',
    category: 'timeout',
    message: `The timeout of ${timeoutMs / 1000} s was reached, and the application was stopped.`,
    hint: 'Give it more time with --timeout, or see in the run folder what took so long.',
  });
  const cancel = after(timeoutMs, () => controller.abort(error));
  return { signal: controller.signal, cancel };
}
