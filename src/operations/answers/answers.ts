import { z } from 'zod';
import type { ClusterStatus } from '../../cluster/cluster.ts';
import { backendKinds } from '../../cluster/registry.ts';
import { roleNames } from '../../cluster/roles.ts';
import type { TableDiff } from '../../job/kept-table/diff-tables.ts';
import type { RunDiff } from '../../run/record/diff-runs.ts';
import { runRecordSchema } from '../../run/record/run-record.ts';
import type { CheckedResult } from '../check.ts';
import type { Examination } from '../doctor.ts';
import type { GeneratedData } from '../generate.ts';
import type { MadeProject } from '../init.ts';
import { eventLine } from './event-schema.ts';
import { exactly } from './exactly.ts';

/** One kind of JSON that is printed for programs. */
interface Answer {
  readonly title: string;
  /** The command lines that print it, without `--json`. */
  readonly of: readonly string[];
  readonly schema: z.ZodType;
}

const schemaVersion = z.literal(1);
const text = z.string();
const whole = z.int();

const status = exactly<ClusterStatus>()(
  z.object({
    name: text,
    backend: z.enum(backendKinds),
    state: z.enum(['running', 'degraded', 'elsewhere']),
    ephemeral: z.boolean(),
    master: text,
    workers: z.object({ wanted: whole, alive: whole }),
    workerCores: whole,
    workerMemoryMb: whole,
    links: z.object({ master: text, history: text, connect: text.exactOptional() }),
    nodes: z.array(
      z.object({
        name: text,
        role: z.enum(roleNames),
        state: z.enum(['running', 'registered', 'gone', 'elsewhere']),
        id: text,
        url: text.exactOptional(),
        reason: text.exactOptional(),
      }),
    ),
    resources: z
      .object({
        cores: whole,
        freeCores: whole,
        memoryMb: whole,
        freeMemoryMb: z.array(whole),
        applications: z.array(z.object({ id: text, name: text, cores: whole, executorMemoryMb: whole })),
      })
      .exactOptional(),
    standby: z.object({ state: z.enum(['ready', 'starting', 'none']) }).exactOptional(),
  }),
);

const { state, cause, message, checks, accounting } = runRecordSchema.shape;

const checked = exactly<CheckedResult>()(
  z.object({
    job: text,
    state,
    cause,
    message,
    exitCode: whole,
    database: z.object({ path: text, table: text, rows: whole.exactOptional() }),
    checks,
    accounting,
    folder: text,
  }),
);

const generated = exactly<GeneratedData>()(
  z.object({
    dataset: text,
    seed: whole,
    rows: whole,
    path: text,
    ledger: text,
    bytes: whole,
    sha256: text,
    reused: z.boolean(),
  }),
);

const made = exactly<MadeProject>()(z.object({ folder: text, files: z.array(text) }));

const examination = exactly<Examination>()(
  z.object({
    canRun: z.boolean(),
    findings: z.array(
      z.object({
        name: text,
        state: z.enum(['good', 'warning', 'bad']),
        found: text,
        remedy: text.exactOptional(),
      }),
    ),
  }),
);

const fact = z.union([text, z.number()]);
const difference = exactly<RunDiff>()(
  z.object({
    differences: z.array(
      z.object({
        what: text,
        a: fact.exactOptional(),
        b: fact.exactOptional(),
        change: z.number().exactOptional(),
      }),
    ),
    same: whole,
  }),
);

const plainValue = z.union([text, z.number(), z.null()]);
const differingRows = z.object({
  rows: whole,
  samples: z.array(
    z.object({
      key: z.array(plainValue),
      values: z.array(z.object({ column: text, a: plainValue, b: plainValue })).exactOptional(),
    }),
  ),
});
const rowDifference = exactly<TableDiff>()(
  z.object({
    primaryKey: z.array(text),
    rows: z.object({ a: whole, b: whole }),
    added: differingRows,
    removed: differingRows,
    changed: differingRows,
    columns: z.record(text, whole),
    only: z.object({ a: z.array(text), b: z.array(text) }),
  }),
);

/** The answers of all commands, by the name of the file in `schemas/` that describes each. */
export const answers = {
  run: {
    title: 'A run: also the content of its run.json',
    of: ['submit', 'runs show', 'runs wait', 'runs kill', 'runs rerun'],
    schema: runRecordSchema,
  },
  'submit-detached': {
    title: 'A run that was left to a process of its own',
    of: ['submit --detach'],
    schema: z.object({ schemaVersion, run: text, folder: text }),
  },
  'submit-planned': {
    title: 'The command that a submission would run',
    of: ['submit --dry-run'],
    schema: z.object({ schemaVersion, command: z.array(text) }),
  },
  init: {
    title: 'The project that was made, and its files',
    of: ['init'],
    schema: made.extend({ schemaVersion }),
  },
  'runs-list': {
    title: 'Every run, the newest first, and the records that cannot be used',
    of: ['runs list'],
    schema: z.object({
      schemaVersion,
      // A run of another host or container, which may go on there.
      runs: z.array(runRecordSchema.extend({ elsewhere: z.literal(true).optional() })),
      damaged: z.array(z.object({ path: text, reason: text })),
    }),
  },
  'runs-diff': {
    title: 'The facts in which two runs differ',
    of: ['runs diff'],
    schema: difference.extend({ schemaVersion, a: text, b: text }),
  },
  'runs-diff-data': {
    title: 'The rows in which the kept tables of two runs differ',
    of: ['runs diff --data'],
    schema: rowDifference.extend({ schemaVersion, a: text, b: text }),
  },
  'runs-logs': {
    title: "One line of a run's log: each line that is printed is such an object",
    of: ['runs logs'],
    schema: z.object({ run: text, stream: z.enum(['stdout', 'stderr', 'spark']), line: text }),
  },
  'runs-prune': {
    title: 'The runs that were removed, or would be',
    of: ['runs prune'],
    schema: z.object({ schemaVersion, removed: z.array(text), dryRun: z.boolean() }),
  },
  cluster: {
    title: 'The state of a cluster',
    of: ['cluster status', 'cluster scale'],
    schema: status.extend({ schemaVersion }),
  },
  'cluster-up': {
    title: 'The state of a cluster that is up, and whether anything was done for it',
    of: ['cluster up'],
    schema: status.extend({ schemaVersion, changed: z.boolean() }),
  },
  'cluster-list': {
    title: 'The clusters of the project',
    of: ['cluster list'],
    schema: z.object({ schemaVersion, clusters: z.array(status) }),
  },
  'cluster-down': {
    title: 'The names of the clusters that were removed',
    of: ['cluster down'],
    schema: z.object({ schemaVersion, removed: z.array(text) }),
  },
  'cluster-open': {
    title: 'The link of a page, and whether a browser was there to show it',
    of: ['cluster open'],
    schema: z.object({ schemaVersion, url: text, opened: z.boolean() }),
  },
  'cluster-logs': {
    title: "One line of a node's log: each line that is printed is such an object",
    of: ['cluster logs'],
    schema: z.object({ node: text, line: text }),
  },
  check: {
    title: 'What the checks say of the result that is there',
    of: ['check'],
    schema: checked.extend({ schemaVersion }),
  },
  generate: {
    title: 'The data that was generated',
    of: ['generate'],
    schema: generated.extend({ schemaVersion }),
  },
  doctor: {
    title: 'Everything that sparkctl needs, and whether it is there',
    of: ['doctor'],
    schema: examination.extend({ schemaVersion }),
  },
  env: {
    title: 'The variables of a shell that uses this Spark',
    of: ['env'],
    schema: z.object({ schemaVersion, variables: z.record(text, text) }),
  },
  event: {
    title: 'One event: with --progress json each line of stderr that begins with a brace is such an object',
    of: [],
    schema: eventLine,
  },
} as const satisfies Readonly<Record<string, Answer>>;

export type AnswerName = keyof typeof answers;

/** The JSON Schema (draft 2020-12) of an answer. Fields that it does not name are allowed, since later versions may add some. */
export function answerJsonSchema(name: AnswerName): Record<string, unknown> {
  const { schema, title } = answers[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title, ...rest };
}
