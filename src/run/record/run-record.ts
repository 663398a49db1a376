import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { backendKinds } from '../../cluster/registry.ts';
import { exitCodeOf } from '../../system/errors/sparkctl-error.ts';
import { plainName } from '../../system/files/places.ts';
import { processIdentity } from '../../system/processes/process-identity.ts';

const runId = /^[a-z0-9][a-z0-9-]{0,39}-\d{8}-\d{6}-[0-9a-f]{6}$/;

/** Tells whether a text is the id of a run: then it is safe as a part of a path, and as a process's mark. */
export function isRunId(text: string): boolean {
  return runId.test(text);
}

/** `etl-20260131-235959-3f9a1c`: the job, the instant in UTC, and something that no other run of that second has. */
export function newRunId(job: string, now: Date): string {
  const name = plainJobName(job);
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${name}-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}

/** The name of a job as a part of ids and paths. */
export function plainJobName(job: string): string {
  const name = job.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return name.replace(/^-+|-+$/g, '').slice(0, 40) || 'job';
}

const causes = Object.keys(exitCodeOf) as (keyof typeof exitCodeOf)[];

const phase = z.object({
  id: z.string(),
  title: z.string(),
  /** From a monotonic clock. */
  durationMs: z.number(),
  outcome: z.enum(['done', 'failed', 'skipped']),
  summary: z.string().optional(),
});

const accounting = z.object({
  read: z.number(),
  loaded: z.number(),
  quarantined: z.number(),
  duplicates: z.number(),
  filtered: z.number(),
  added: z.number().optional(),
  repaired: z.number().optional(),
  reasons: z.record(z.string(), z.number()),
});

/** The reason that the script itself gave for its failure. */
const scriptError = z.object({
  type: z.string().optional(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  frames: z
    .array(
      z.object({
        file: z.string(),
        line: z.number().int(),
        function: z.string().optional(),
        code: z.string().optional(),
      }),
    )
    .readonly()
    .optional(),
});

/** A failure that is known, see `failure/diagnose.ts`. */
const diagnosis = z.object({ code: z.string(), message: z.string(), hint: z.string() });

const check = z.object({
  kind: z.string(),
  name: z.string(),
  status: z.enum(['held', 'warned', 'failed', 'skipped']),
  expected: z.string(),
  found: z.string(),
  detail: z.string().optional(),
  /** The rows that are wrong, and their file in the run's folder; `kept` is the number of those in it, where it is not all of them. */
  faulty: z
    .object({
      rows: z.number(),
      file: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_.-]*$/, 'it is not the name of a file')
        .optional(),
      kept: z.number().optional(),
    })
    .optional(),
});

/** The numbers that a script reports of its own result, in `artifacts/metrics.json`. */
const metrics = z.record(z.string(), z.number());

/** Points of a line that a report draws, such as a quality by the number of clusters. */
const series = z.object({
  name: z.string(),
  x: z.string(),
  y: z.string(),
  points: z.array(z.tuple([z.number(), z.number()])),
});

export const jobMetricsSchema = z.object({
  schemaVersion: z.literal(1),
  metrics: metrics.default({}),
  series: z.array(series).default([]),
});

export const runStates = [
  'preparing',
  'running',
  'checking',
  'succeeded',
  'failed',
  'checks-failed',
  'timed-out',
  'killed',
  'lost',
] as const;

export const runRecordSchema = z.object({
  schemaVersion: z.literal(1),
  id: z.string().refine(isRunId, 'it is not the id of a run'),
  state: z.enum(runStates),
  /** The cause of a bad end: `application` is the script itself, the others are sparkctl's own. */
  cause: z.enum(['application', ...causes]).optional(),
  exitCode: z.number().int().optional(),
  /** The reason of a bad end, in words. */
  message: z.string().optional(),
  hint: z.string().optional(),
  scriptError: scriptError.optional(),
  diagnosis: diagnosis.optional(),
  job: z.object({
    name: z.string(),
    script: z.string(),
    manifest: z.string().optional(),
    arguments: z.array(z.string()),
  }),
  /** As it was at the time. Where the record is found counts. */
  project: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  durationMs: z.number().optional(),
  /** The sparkctl process that looks after the run. */
  owner: processIdentity,
  driver: z
    .object({
      id: z.string(),
      exitCode: z.number().int().optional(),
      /** True where it goes on without its sparkctl, and any command takes the run up again. */
      detached: z.boolean().optional(),
      /** Warm: a standby driver that waited was taken. Cold: it was started for the run, for the reason that is given. */
      start: z.enum(['warm', 'cold']).optional(),
      reason: z.string().optional(),
    })
    .optional(),
  applicationIds: z.array(z.string()),
  cluster: z
    .object({
      name: z.string(),
      backend: z.enum(backendKinds),
      master: z.string(),
      workers: z.number().int().optional(),
      ephemeral: z.boolean(),
      reason: z.string(),
    })
    .refine(({ name, backend }) => backend === 'external' || plainName.test(name), {
      path: ['name'],
      message: 'it is not the name of a cluster',
    })
    .optional(),
  versions: z.object({
    sparkctl: z.string(),
    node: z.string(),
    spark: z.string().optional(),
    java: z.string().optional(),
    python: z.string().optional(),
  }),
  /** The whole command, secrets redacted. */
  command: z.array(z.string()),
  phases: z.array(phase),
  accounting: accounting.optional(),
  checks: z.array(check),
  metrics: metrics.optional(),
  series: z.array(series).optional(),
  /** `rows` are those of the table when the result was checked. */
  database: z.object({ path: z.string(), table: z.string(), rows: z.number().optional() }).optional(),
  links: z.object({ history: z.string().optional(), master: z.string().optional() }),
});

/** The record of one submission: the content of `run.json`. */
export type RunRecord = z.output<typeof runRecordSchema>;
export type RunState = RunRecord['state'];

/** The end of a run, as the record has it. */
export type RunOutcome = Pick<
  RunRecord,
  'state' | 'exitCode' | 'cause' | 'message' | 'hint' | 'scriptError' | 'diagnosis'
>;

export type RunSeries = z.output<typeof series>;
export type JobMetrics = z.output<typeof jobMetricsSchema>;
export type RunPhase = z.output<typeof phase>;
export type Accounting = z.output<typeof accounting>;

/** Tells whether a run in this state is over. */
export function isFinal(state: RunState): boolean {
  return state !== 'preparing' && state !== 'running' && state !== 'checking';
}
