import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { backendKinds } from '../../cluster/registry.ts';
import { checkSpec } from '../../job/checks/registry.ts';
import { datasetSpec } from '../../job/datasets/registry.ts';
import { inputFormats } from '../../job/input/find-input.ts';
import { formatManifest, type Manifest } from '../../job/manifest/manifest.ts';
import { keptTables } from '../../job/manifest/manifest-schema.ts';
import { resolvedTarget } from '../../job/targets/registry.ts';
import { type Redactor, redacted } from '../../spark/redact.ts';
import type { GivenSparkOption, SparkSubmission } from '../../spark/spark-submit.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { plainName } from '../../system/files/places.ts';
import { readJson } from '../../system/files/read-json.ts';
import { isRunId } from '../record/run-record.ts';
import { runFolder } from '../record/run-store.ts';
import type { RunPlan } from './plan-run.ts';
import type { KeptRequest } from './submit-request.ts';

/** The file of a run's plan. */
export const planFile = 'plan.json';

/** The text of a plan for the run folder. Secrets are blanked: whoever executes it again has to give them again. */
export function planForKeeping(plan: RunPlan, redactor: Redactor): string {
  return `${JSON.stringify(withoutSecrets(plan, redactor), null, 2)}\n`;
}

/** Tells whether something was left out of the text of a plan that is kept, so that it cannot be executed again. */
export function lacksSecrets(kept: string): boolean {
  return kept.includes(redacted);
}

/** A plan that may be printed or kept. */
export function withoutSecrets(plan: RunPlan, redactor: Redactor): RunPlan {
  const { manifest } = plan.job;
  const blanked = redactor.everywhere(plan);
  return {
    ...blanked,
    job: { ...blanked.job, ...(manifest && { manifest: manifestWithoutSecrets(manifest, redactor) }) },
    submission: submissionWithoutSecrets(plan.submission, redactor),
    ...(plan.request && { request: requestWithoutSecrets(plan.request, redactor) }),
  };
}

function submissionWithoutSecrets(submission: SparkSubmission, redactor: Redactor): SparkSubmission {
  return {
    ...redactor.everywhere(submission),
    properties: submission.properties.map((properties) => redactor.properties(properties)),
    options: optionsWithoutSecrets(submission.options, redactor),
    applicationArguments: redactor.arguments(submission.applicationArguments),
  };
}

function requestWithoutSecrets(request: KeptRequest, redactor: Redactor): KeptRequest {
  const { sparkOptions, applicationArguments } = request;
  return {
    ...redactor.everywhere(request),
    ...(sparkOptions && { sparkOptions: optionsWithoutSecrets(sparkOptions, redactor) }),
    ...(applicationArguments && { applicationArguments: redactor.arguments(applicationArguments) }),
  };
}

/** The name of an option tells whether its value is secret. */
function optionsWithoutSecrets(options: readonly GivenSparkOption[], redactor: Redactor): GivenSparkOption[] {
  return options.map(({ name, value }) => {
    const shown = value === undefined ? undefined : redactor.arguments([name, value])[1];
    return shown === undefined ? { name } : { name, value: shown };
  });
}

/** The text of a resolved manifest for the run folder, without secrets. */
export function manifestForKeeping(manifest: Manifest, redactor: Redactor): string {
  return formatManifest(manifestWithoutSecrets(manifest, redactor));
}

function manifestWithoutSecrets(manifest: Manifest, redactor: Redactor): Manifest {
  return {
    ...redactor.everywhere(manifest),
    conf: redactor.properties(manifest.conf),
    arguments: redactor.arguments(manifest.arguments),
  };
}

const absolutePath = z.string().refine(isAbsolute, 'it is not an absolute path');
const count = z.number().int().positive();
const texts = z.record(z.string(), z.string());
const clusterName = z.string().regex(plainName, 'it is not the name of a cluster');
const backend = z.enum(backendKinds);

const manifest = z.object({
  file: z.string(),
  script: absolutePath,
  dataset: datasetSpec.optional(),
  input: z.object({ path: absolutePath, format: z.enum(inputFormats) }).optional(),
  target: resolvedTarget.optional(),
  outputs: z.record(z.string(), absolutePath),
  cluster: z.object({
    workers: count.optional(),
    workerCores: count.optional(),
    workerMemoryMb: count.optional(),
  }),
  conf: texts,
  arguments: z.array(z.string()),
  checks: z.array(checkSpec),
  keep: keptTables.optional(),
});

const place = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('external'),
    backend,
    name: z.string(),
    reason: z.string(),
    yarnTag: z
      .string()
      .regex(/^[a-z0-9_-]{1,100}$/)
      .optional(),
  }),
  z.object({ kind: z.literal('running'), backend, name: clusterName }),
  z.object({
    kind: z.literal('new'),
    backend,
    name: clusterName,
    reason: z.string(),
    cluster: z.object({
      name: clusterName,
      workers: count,
      workerCores: count,
      workerMemoryMb: count,
      ephemeral: z.boolean(),
      connect: z.boolean().default(false),
    }),
    demand: z.object({ memoryMb: count, cores: count.optional() }),
  }),
]);

const options = z.array(
  z.object({ name: z.templateLiteral(['--', z.string()]), value: z.string().optional() }),
);
const standby = z.union([z.literal(false), z.object({ idleMs: z.number().positive() })]);

const keptRequest = z.strictObject({
  application: z.string(),
  applicationArguments: z.array(z.string()).optional(),
  sparkOptions: options.optional(),
  workingFolder: absolutePath.optional(),
  useManifest: z.boolean().optional(),
  cluster: z
    .strictObject({
      backend: z.enum(['auto', ...backendKinds]).optional(),
      cluster: clusterName.optional(),
      workers: count.optional(),
      workerCores: count.optional(),
      workerMemoryMb: count.optional(),
      connect: z.boolean().optional(),
    })
    .optional(),
  keep: z.boolean().optional(),
  standby: standby.optional(),
  wait: z.boolean().optional(),
  timeoutMs: z.number().positive().optional(),
  dataFolder: z.string().optional(),
  rows: count.optional(),
  seed: z.number().int().nonnegative().optional(),
  strict: z.boolean().optional(),
  skipChecks: z.boolean().optional(),
});

const runPlan = z.object({
  schemaVersion: z.literal(1),
  id: z.string().refine(isRunId, 'it is not the id of a run'),
  project: absolutePath,
  workingFolder: absolutePath,
  job: z.object({ name: z.string(), application: z.string(), manifest: manifest.optional() }),
  place,
  submission: z.object({
    properties: z.array(texts),
    propertiesFiles: z.array(absolutePath),
    options,
    application: z.string(),
    applicationArguments: z.array(z.string()),
  }),
  redactsSpark: z.boolean(),
  wait: z.boolean(),
  timeoutMs: z.number().positive().optional(),
  strict: z.boolean(),
  skipChecks: z.boolean(),
  detached: z.boolean().default(false),
  standby,
  request: keptRequest.optional(),
});

/** Reads the plan of a run of the project, so that this process can execute it. */
export async function readPlan(project: string, id: string): Promise<RunPlan> {
  const path = join(runFolder(project, id), planFile);
  const read = isRunId(id) ? await readJson(path, runPlan) : ({ kind: 'absent' } as const);
  if (read.kind === 'absent') throw unusable(path, 'it is missing');
  if (read.kind === 'damaged') throw unusable(path, read.reason);
  if (read.value.id !== id || read.value.project !== project)
    throw unusable(path, 'it is that of another run or project');
  // Spark would take the words in place of a secret for the secret.
  if (lacksSecrets(JSON.stringify(read.value))) throw unusable(path, 'its secrets are not in it');
  // JSON has no field that is undefined.
  return read.value as unknown as RunPlan;
}

/** Reads the submission of a run, so that it can be made once more: the script and the manifest are then those of now. */
export async function readRequest(project: string, id: string): Promise<KeptRequest> {
  const { request } = await readPlan(project, id);
  if (request !== undefined) return request;
  throw unusable(join(runFolder(project, id), planFile), 'an earlier version of sparkctl has written it');
}

function unusable(path: string, reason: string): SparkctlError {
  return new SparkctlError({
    code: 'no-plan',
    category: 'input',
    message: `The plan ${path} cannot be used: ${reason}.`,
    hint: 'Submit the job again.',
    details: { path },
  });
}
