import { loadBackend } from '../../cluster/backends.ts';
import { newRunId } from '../../runs/run-id.ts';
import { runFolder } from '../../runs/run-store.ts';
import { quoteForShell } from '../../submit/quote-for-shell.ts';
import { redactArguments } from '../../submit/redact.ts';
import { sparkSubmitArguments } from '../../submit/spark-submit-arguments.ts';
import type { OperationContext } from '../operation-context.ts';
import { chooseTarget } from './choose-target.ts';
import { givenProperties } from './given-properties.ts';
import { planSubmission } from './plan-submission.ts';
import { resolveJob } from './resolve-job.ts';
import type { SubmitRequest } from './submit-request.ts';

/** What a submission would do: decisions for people, and the exact command. Nothing is started or written. */
export async function dryRun(
  request: SubmitRequest,
  context: OperationContext,
): Promise<{ readonly notes: readonly string[]; readonly commandLine: string }> {
  const job = await resolveJob({ ...request, project: context.project });
  const runId = newRunId(job.name, new Date());
  const given = await givenProperties(job, request, context);
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
      ...(manifest?.database
        ? [`Would load table ${manifest.database.table.name} of ${manifest.database.path}`]
        : []),
      ...(manifest && manifest.checks.length > 0
        ? [`Would check: ${manifest.checks.map(({ kind }) => kind).join(', ')}`]
        : []),
    ],
    commandLine: quoteForShell([
      'spark-submit',
      ...redactArguments([...files, ...sparkSubmitArguments(submission)], connection?.secrets),
    ]),
  };
}
