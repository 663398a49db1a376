import type { OperationContext } from '../cluster/operation-context.ts';
import { loadBackend } from '../cluster/registry.ts';
import { type Job, resolveJob } from '../job/resolve-job.ts';
import { kindOf } from '../job/targets/registry.ts';
import { chooseTarget } from '../run/choose-target.ts';
import { givenProperties, redactorOf } from '../run/given-properties.ts';
import { planSubmission } from '../run/plan-submission.ts';
import { newRunId } from '../run/run-id.ts';
import { runFolder } from '../run/run-store.ts';
import type { SubmitRequest } from '../run/submit-request.ts';
import type { GivenProperties } from '../spark/effective-value.ts';
import type { Redactor } from '../spark/redact.ts';
import { quoteForShell, sparkSubmitArguments } from '../spark/spark-submit.ts';

interface DryRun {
  readonly notes: readonly string[];
  readonly commandLine: string;
}

/** What a submission would do: decisions for people, and the exact command. Nothing is started or written. */
export async function dryRun(request: SubmitRequest, context: OperationContext): Promise<DryRun> {
  const job = await resolveJob({ ...request, project: context.project });
  const given = await givenProperties(job, request, context);
  const redactor = redactorOf(job, request, given);
  try {
    return redactor.everywhere(await plan(job, request, given, redactor, context));
  } catch (error) {
    throw redactor.error(error);
  }
}

async function plan(
  job: Job,
  request: SubmitRequest,
  given: GivenProperties,
  redactor: Redactor,
  context: OperationContext,
): Promise<DryRun> {
  const runId = newRunId(job.name, new Date());
  const choice = await chooseTarget(job, request, given, runId, context);
  const connection =
    choice.kind === 'external'
      ? undefined
      : choice.kind === 'running'
        ? await (await loadBackend(choice.status.backend)).connect(choice.status.name, context)
        : await (await loadBackend(choice.backend)).preview(choice.plan, context);
  const submission = planSubmission({
    request,
    job,
    given,
    runId,
    connection,
    runFolder: runFolder(context.project, runId),
  });
  const files = submission.propertiesFiles.flatMap((path) => ['--properties-file', path]);
  const { manifest } = job;
  const where =
    choice.kind === 'external'
      ? `external master ${choice.master}`
      : choice.kind === 'running'
        ? `running cluster ${choice.status.name} (${choice.status.backend})`
        : `a new ${choice.backend} cluster (${choice.reason}) with ${choice.plan.workers} workers of ${choice.plan.workerCores} cores and ${choice.plan.workerMemoryMb} MiB`;
  return {
    notes: [
      `Would submit to ${where}`,
      ...(manifest?.dataset
        ? [
            `Would generate ${manifest.dataset.rows} rows of ${manifest.dataset.name} into ${manifest.input?.path}`,
          ]
        : []),
      ...(manifest?.target
        ? [
            `Would load table ${manifest.target.table.name} of ${kindOf(manifest.target).location(manifest.target)}`,
          ]
        : []),
      ...(manifest && manifest.checks.length > 0
        ? [`Would check: ${manifest.checks.map(({ kind }) => kind).join(', ')}`]
        : []),
    ],
    commandLine: quoteForShell([
      'spark-submit',
      ...redactor.with(connection?.secrets ?? []).arguments([...files, ...sparkSubmitArguments(submission)]),
    ]),
  };
}
