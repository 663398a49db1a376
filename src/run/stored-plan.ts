import { stringify } from 'yaml';
import type { Manifest } from '../job/manifest/manifest.ts';
import type { Redactor } from '../spark/redact.ts';
import type { SparkSubmission } from '../spark/spark-submit.ts';
import type { RunPlan } from './plan-run.ts';

/** The text of a plan for the run folder. Secrets are blanked: whoever executes it again has to give them again. */
export function planForKeeping(plan: RunPlan, redactor: Redactor): string {
  return `${JSON.stringify(withoutSecrets(plan, redactor), null, 2)}\n`;
}

/** A plan that may be printed or kept. */
export function withoutSecrets(plan: RunPlan, redactor: Redactor): RunPlan {
  const { job, submission } = plan;
  return {
    ...redactor.everywhere(plan),
    job: { ...job, ...(job.manifest && { manifest: manifestWithoutSecrets(job.manifest, redactor) }) },
    submission: submissionWithoutSecrets(submission, redactor),
  };
}

function submissionWithoutSecrets(submission: SparkSubmission, redactor: Redactor): SparkSubmission {
  return {
    ...redactor.everywhere(submission),
    properties: submission.properties.map((properties) => redactor.properties(properties)),
    options: submission.options.map(({ name, value }) => {
      // The name tells whether the value is secret.
      const shown = value === undefined ? undefined : redactor.arguments([name, value])[1];
      return shown === undefined ? { name } : { name, value: shown };
    }),
    applicationArguments: redactor.arguments(submission.applicationArguments),
  };
}

/** The text of a resolved manifest for the run folder, without secrets. */
export function manifestForKeeping(manifest: Manifest, redactor: Redactor): string {
  return stringify(manifestWithoutSecrets(manifest, redactor), { lineWidth: 0 });
}

function manifestWithoutSecrets(manifest: Manifest, redactor: Redactor): Manifest {
  return {
    ...redactor.everywhere(manifest),
    conf: redactor.properties(manifest.conf),
    arguments: redactor.arguments(manifest.arguments),
  };
}
