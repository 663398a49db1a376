import type { OperationContext } from '../cluster/operation-context.ts';
import { loadBackend } from '../cluster/registry.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { kindOf } from '../job/targets/registry.ts';
import { commandForPeople } from '../run/driver/run-driver.ts';
import { executePlan, submitRun } from '../run/execute-run.ts';
import { reclaim } from '../run/left/reclaim.ts';
import { takeUpRun } from '../run/left/take-up-run.ts';
import { givenProperties, propertiesFiles, redactorOf } from '../run/plan/given-properties.ts';
import { planRun, type RunFacts, type RunPlan, submissionTo } from '../run/plan/plan-run.ts';
import { findPlace } from '../run/plan/reserve-place.ts';
import { readPlan, readRequest, withoutSecrets } from '../run/plan/stored-plan.ts';
import type { SubmitRequest } from '../run/plan/submit-request.ts';
import { newRunId, type RunRecord } from '../run/record/run-record.ts';
import { findRun } from '../run/record/run-store.ts';
import type { Redactor } from '../spark/redact.ts';

/**
 * Takes a job from nothing to a verified result. Mistakes that stand before a run (no script, an invalid manifest)
 * are thrown; what happens in the run is in the record that is returned, its exit code included.
 */
export async function submit(request: SubmitRequest, context: OperationContext): Promise<RunRecord> {
  await reclaim(context);
  const record = await withFacts(request, context, (facts, redactor) => submitRun(facts, redactor, context));
  await context.spark.prepareNext();
  return record;
}

/** A plan without secrets, and the command that it comes to. */
export interface PlannedSubmission {
  readonly plan: RunPlan;
  readonly command: readonly string[];
  /** The place of the target, for people. */
  readonly target?: string;
}

/** Plans what `submit` would do. Nothing is started or written. */
export async function planSubmission(
  request: SubmitRequest,
  context: OperationContext,
): Promise<PlannedSubmission> {
  return await withFacts(request, context, async (facts, redactor) => {
    const plan = planRun(facts, await findPlace(facts, context));
    const { place } = plan;
    const backend = await loadBackend(place.backend, context);
    const connection =
      place.kind === 'new'
        ? await backend.preview(place.cluster, context)
        : await backend.connect(place.name, context);
    const submission = submissionTo(connection, plan.submission);
    const target = plan.job.manifest?.target;
    return {
      ...(target && { target: kindOf(target).location(target) }),
      plan: withoutSecrets(plan, redactor),
      command: commandForPeople(submission, redactor.with(connection.secrets)),
    };
  });
}

/**
 * Executes the plan that stands in the folder of a run of the project, in this process: whatever a submission was planned
 * by, its plan is enough. Secrets are not in it, so that one whose own words held some is refused.
 */
export async function submitPlanned(id: string, context: OperationContext): Promise<RunRecord> {
  await reclaim(context);
  const plan = await readPlan(context.project, id);
  const record = await executePlan(plan, await redactorOfPlan(plan, context), context);
  await context.spark.prepareNext();
  return record;
}

/** The submission of a run, to be made once more: default the newest run. */
export async function requestOf(
  id: string | undefined,
  { project }: Pick<OperationContext, 'project'>,
): Promise<SubmitRequest> {
  const { id: run } = await findRun(project, id);
  return await readRequest(project, run);
}

/** Takes up a run of the project that a killed sparkctl has left. Nothing is done where another process was faster. */
export async function takeUp(id: string, context: OperationContext): Promise<void> {
  const plan = await readPlan(context.project, id);
  if ((await takeUpRun(plan, await redactorOfPlan(plan, context), context)) === undefined) return;
  await context.spark.prepareNext();
}

async function redactorOfPlan({ job, submission }: RunPlan, { environment }: OperationContext) {
  const { options, propertiesFiles: files, applicationArguments } = submission;
  const given = await givenProperties(job, { options, files }, environment);
  return redactorOf(job, applicationArguments, given);
}

/** Brings together all that a submission says, and sees to it that no error tells a secret. */
async function withFacts<Result>(
  request: SubmitRequest,
  context: OperationContext,
  work: (facts: RunFacts, redactor: Redactor) => Promise<Result>,
): Promise<Result> {
  const { project, environment } = context;
  const { workingFolder = project, useManifest = true } = request;
  const { sparkOptions: options = [], applicationArguments = [] } = request;
  const job = await resolveJob({ ...request, workingFolder, useManifest, project });
  const files = propertiesFiles(request, context);
  const given = await givenProperties(job, { options, files }, environment);
  const redactor = redactorOf(job, applicationArguments, given);
  const id = newRunId(job.name, new Date());
  try {
    return await work({ id, project, job, request, given, hasSecrets: redactor.knowsAny }, redactor);
  } catch (error) {
    throw redactor.error(error);
  }
}
