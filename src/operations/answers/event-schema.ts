import { z } from 'zod';
import type { PhaseId, PhaseResult, SparkctlEvent } from '../../system/event.ts';
import { exactly } from './exactly.ts';

const text = z.string();
const whole = z.int();
const flag = z.boolean();
const texts = z.array(text);

const phase = exactly<PhaseId>()(
  z.enum([
    'wait',
    'runtime',
    'image',
    'containers',
    'ready',
    'cluster',
    'dataset',
    'database',
    'submit',
    'checks',
    'cluster-down',
  ]),
);

const coldReason = z.discriminatedUnion('why', [
  z.object({
    why: z.enum(['cluster-of-run', 'no-standbys', 'not-wanted', 'not-python', 'verbose', 'secrets']),
  }),
  z.object({ why: z.enum(['none-waits', 'gone', 'silent']) }),
  z.object({ why: z.literal('made-for-another'), what: texts }),
  z.object({ why: z.literal('unusable'), what: texts }),
]);

const driverStart = z.discriminatedUnion('start', [
  z.object({ start: z.literal('warm') }),
  z.object({ start: z.literal('taken-up') }),
  z.object({ start: z.literal('cold'), reason: coldReason }),
]);

const backendReason = z.discriminatedUnion('why', [
  z.object({ why: z.enum(['named', 'cluster-exists', 'possible']) }),
  z.object({ why: z.literal('instead'), of: text, code: text }),
]);

const phaseResult = exactly<PhaseResult>()(
  z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('wait'), runs: texts }),
    z.object({ phase: z.literal('runtime'), spark: text, java: text, python: text }),
    z.object({
      phase: z.literal('image'),
      image: text,
      was: z.enum(['present', 'current', 'built', 'pulled']),
    }),
    z.object({ phase: z.literal('containers'), started: whole, replaced: whole }),
    z.object({ phase: z.literal('ready'), workers: whole }),
    z.object({
      phase: z.literal('cluster'),
      backend: text,
      name: text,
      was: z.enum(['running', 'started', 'reached', 'changed']),
      reason: text.exactOptional(),
      workers: z.object({ alive: whole, wanted: whole }).exactOptional(),
      ephemeral: flag,
    }),
    z.object({ phase: z.literal('dataset'), dataset: text, rows: whole, seed: whole, reused: flag }),
    z.object({ phase: z.literal('database'), made: text, table: text, columns: whole }),
    z.object({
      phase: z.literal('submit'),
      application: text.exactOptional(),
      exitCode: whole,
      driver: driverStart,
    }),
    z.object({ phase: z.literal('checks'), passed: whole, of: whole, warned: whole, skipped: whole }),
    z.object({ phase: z.literal('cluster-down'), removed: flag }),
  ]),
);

const stage = z.object({
  id: whole,
  name: text,
  tasks: whole,
  done: whole,
  failed: whole,
  remainingMs: z.number().exactOptional(),
});

const event = exactly<SparkctlEvent>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('run-created'), run: text, folder: text }),
    z.object({ kind: z.literal('phase-started'), phase }),
    z.object({
      kind: z.literal('phase-finished'),
      phase,
      durationMs: z.number(),
      outcome: z.enum(['done', 'failed', 'skipped']),
      result: phaseResult.exactOptional(),
    }),
    z.object({ kind: z.literal('rows-generated'), rows: whole, of: whole }),
    z.object({ kind: z.literal('node-ready'), node: text }),
    z.object({ kind: z.literal('waiting-for-nodes'), nodes: texts }),
    z.object({ kind: z.literal('image-output'), line: text }),
    z.object({
      kind: z.literal('installing'),
      step: z.enum(['collecting', 'downloading', 'building', 'installing']),
      what: text.exactOptional(),
    }),
    z.object({
      kind: z.literal('waiting-for-lock'),
      on: z.enum(['runtime', 'dataset']),
      pid: whole,
      run: text.exactOptional(),
    }),
    z.object({
      kind: z.literal('application-progress'),
      executors: whole,
      stages: z.array(stage),
      stagesDone: whole,
      waits: flag,
    }),
    z.object({
      kind: z.literal('application-waits'),
      cluster: text,
      workers: z.object({ wanted: whole, alive: whole }),
      free: z.object({ cores: whole, ofCores: whole, memoryMb: whole }).exactOptional(),
      executorMemoryMb: whole.exactOptional(),
      holders: z.array(z.object({ name: text, cores: whole })),
    }),
    z.object({ kind: z.literal('backend-chosen'), backend: text, reason: backendReason }),
    z.object({ kind: z.literal('runtime-missing'), folder: text }),
    z.object({
      kind: z.literal('java-missing'),
      folder: text,
      passedOver: z.array(z.object({ place: text, reason: text })),
    }),
    z.object({ kind: z.literal('image-missing'), image: text }),
    z.object({ kind: z.literal('port-taken'), port: whole, node: text, used: whole.exactOptional() }),
    z.object({
      kind: z.literal('waiting-for-cluster'),
      cluster: text,
      pid: whole,
      run: text.exactOptional(),
    }),
    z.object({
      kind: z.literal('waiting-for-run'),
      run: text,
      holds: z.enum(['input', 'target', 'cluster']),
      path: text,
    }),
    z.object({ kind: z.literal('standby-started'), cluster: text }),
    z.object({ kind: z.literal('stopping-run'), run: text, cluster: text }),
    z.object({ kind: z.literal('cluster-reclaimed'), cluster: text }),
    z.object({ kind: z.literal('run-lost'), run: text }),
    z.object({ kind: z.literal('run-taken-up'), run: text }),
    z.object({ kind: z.literal('run-cleared'), run: text }),
    z.object({ kind: z.literal('access-changed'), project: text, uid: whole, changes: texts }),
    z.object({ kind: z.literal('access-limited'), project: text, uid: whole, gid: whole }),
    z.object({ kind: z.literal('record-unusable'), path: text, reason: text }),
    z.object({ kind: z.literal('leftover-kept'), path: text, code: text }),
    z.object({ kind: z.literal('artifact-left-out'), reason: text }),
    z.object({ kind: z.literal('report-failed'), reason: text }),
    z.object({ kind: z.literal('standby-failed'), cluster: text, reason: text }),
    z.object({ kind: z.literal('output-held') }),
    z.object({ kind: z.literal('certificates-unreadable'), path: text, code: text }),
    z.object({ kind: z.literal('trust-store-failed'), path: text, code: text }),
    z.object({ kind: z.literal('cluster-left'), cluster: text, reason: text }),
    z.object({ kind: z.literal('compose-ignored'), file: text, what: text, reason: text }),
  ]),
);

/** A line of `--progress json`: an event, and the words for people where it has some. */
export const eventLine = z.union(
  event.options.map((each) =>
    each.extend({ level: z.enum(['activity', 'note', 'warning']).optional(), text: text.optional() }),
  ),
);
