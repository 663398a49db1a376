import { Cluster, type ClusterStatus } from '../cluster/cluster.ts';
import type { ClusterConnection } from '../cluster/driver.ts';
import type { OperationContext } from '../cluster/operation-context.ts';
import type { Ledger } from '../job/datasets/ledger.ts';
import type { Job } from '../job/resolve-job.ts';
import { kindOf } from '../job/targets/registry.ts';
import type { Redactor } from '../spark/redact.ts';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { PhaseResult, SparkctlEvent } from '../system/event.ts';
import { sparkctlVersion } from '../system/package.ts';
import { ownIdentity } from '../system/processes/process-identity.ts';
import type { TakeOutput } from '../system/processes/start-program.ts';
import { keepMetrics } from './artifacts.ts';
import { checkResult } from './check-result.ts';
import { claimData } from './claim-data.ts';
import { runDriver } from './driver/run-driver.ts';
import { lookAfter } from './look-after-run.ts';
import { mustFit, type RunFacts, type RunPlan } from './plan/plan-run.ts';
import { claimPlace, reservePlace } from './plan/reserve-place.ts';
import { manifestForKeeping, planFile, planForKeeping } from './plan/stored-plan.ts';
import { filesOf, prepareInput, prepareOutputs, prepareTarget } from './prepare-job.ts';
import { RunJournal } from './record/run-journal.ts';
import type { RunOutcome, RunRecord } from './record/run-record.ts';
import { createRunFolder, writeInRun, writeRun } from './record/run-store.ts';
import type { Run } from './run.ts';

/** Makes a run of a submission: from its folder and its plan to its result. What happens in the run is in the record, its exit code included. */
export async function submitRun(
  facts: RunFacts,
  redactor: Redactor,
  context: OperationContext,
): Promise<RunRecord> {
  const { id, job, request } = facts;
  const { applicationArguments = [], timeoutMs, onStdout, onStderr } = request;
  const frame = { id, job, arguments: applicationArguments, redactor, timeoutMs, onStdout, onStderr };
  return await inRunFolder(frame, context, async (run) => {
    if (job.manifest !== undefined) await claimData(job.manifest, request.wait === true, run);
    const plan = await reservePlace(facts, run);
    await writeInRun(run.journal.record, planFile, planForKeeping(plan, redactor));
    return await executeRun(plan, run);
  });
}

/** Executes a plan that another process has made, in a run folder of its own id. */
export async function executePlan(
  plan: RunPlan,
  redactor: Redactor,
  context: OperationContext,
): Promise<RunRecord> {
  const { id, job, submission, timeoutMs } = plan;
  const frame = { id, job, arguments: submission.applicationArguments, redactor, timeoutMs };
  return await inRunFolder(frame, context, async (run) => {
    if (job.manifest !== undefined) await claimData(job.manifest, plan.wait, run);
    await claimPlace(plan, run);
    return await executeRun(plan, run);
  });
}

/** Carries out a plan, step by step. */
async function executeRun(plan: RunPlan, run: Run): Promise<RunOutcome> {
  const { manifest } = plan.job;
  await using cluster = await clusterOf(plan, run);
  const ledger = manifest && (await prepareInput(manifest, run));
  if (manifest?.target) await prepareTarget(manifest.target, run);
  if (manifest) await prepareOutputs(manifest);
  const files = await filesOf(plan.job);
  const connection = await openCluster(plan, cluster, run);
  const outcome = await runDriver({ plan, cluster, connection, files }, run);
  return await concludeRun(plan, outcome, async () => ledger, run);
}

/** Does what comes after the driver: takes its metrics, and checks the result. */
export async function concludeRun(
  plan: RunPlan,
  outcome: RunOutcome,
  ledger: () => Promise<Ledger | undefined>,
  run: Run,
): Promise<RunOutcome> {
  const { manifest } = plan.job;
  await keepMetrics(run);
  if (outcome.exitCode !== 0) return outcome;
  run.context.signal.throwIfAborted();
  if (manifest?.target === undefined) return { state: 'succeeded', exitCode: 0 };
  return await checkResult(plan, { ...manifest, target: manifest.target }, await ledger(), run);
}

/** The cluster that a plan goes to, not yet started. Disposing of it takes down what was made for the run alone. */
export async function clusterOf({ place }: RunPlan, { journal, context }: Run): Promise<Cluster> {
  return await Cluster.of(place.backend, place.name, context, (takeDown) =>
    journal.phase('cluster-down', async () => {
      const removed = await takeDown();
      return { value: removed, result: { phase: 'cluster-down', removed } };
    }),
  );
}

/** Finds or starts the cluster, and learns how a driver reaches it. */
async function openCluster(plan: RunPlan, cluster: Cluster, run: Run): Promise<ClusterConnection> {
  const { place } = plan;
  const { journal } = run;
  const reach = () =>
    journal.phase('cluster', async () => ({
      value: undefined,
      result: await findOrStart(plan, cluster, run),
    }));
  if (place.kind !== 'external') {
    if (cluster.usesInstallation) await findInstallation(run);
    await reach();
    return await cluster.connect();
  }
  const { name, backend, reason } = place;
  await journal.update({ cluster: { name, backend, master: name, ephemeral: false, reason } });
  // What has no address, such as local[2], is left to Spark.
  if (name === 'yarn' || /^\w+:\/\//.test(name)) await reach();
  await findInstallation(run);
  return await cluster.connect();
}

async function findOrStart(plan: RunPlan, cluster: Cluster, { journal }: Run): Promise<PhaseResult> {
  const { place } = plan;
  const { backend, name } = place;
  switch (place.kind) {
    case 'external': {
      const answered = await cluster.status();
      return { phase: 'cluster', backend, name: answered?.name ?? name, was: 'reached', ephemeral: false };
    }
    case 'running': {
      const status = await cluster.status();
      if (status === undefined) throw clusterGone(name);
      const { master, workers, links } = status;
      const reason = 'it is running';
      await journal.update({
        cluster: { name, backend, master, workers: workers.alive, ephemeral: false, reason },
        links: pagesOf(links),
      });
      return { phase: 'cluster', backend, name, was: 'running', workers, ephemeral: false };
    }
    case 'new': {
      const { reason, demand } = place;
      const { ephemeral } = place.cluster;
      const { status } = await cluster.up(place.cluster);
      if (!ephemeral && plan.standby !== false) await cluster.standbys?.set(plan.standby);
      // Where another run was faster, the cluster is that run's.
      mustFit(demand, status);
      const { master, links, workers } = status;
      await journal.update({
        cluster: { name, backend, master, workers: workers.alive, ephemeral, reason },
        links: pagesOf(links),
      });
      return { phase: 'cluster', backend, name, was: 'started', reason, workers, ephemeral };
    }
  }
}

/** The links that may stand in a record: that for Connect clients holds a secret. */
function pagesOf({ master, history }: ClusterStatus['links']): RunRecord['links'] {
  return { master, history };
}

function clusterGone(name: string): SparkctlError {
  return new SparkctlError({
    code: 'no-cluster',
    category: 'cluster',
    message: `Cluster ${name} has gone since the run was planned.`,
    hint: 'Submit again.',
  });
}

/** Finds Java and makes the runtime where it is missing, and records their versions. */
async function findInstallation({ journal, context }: Run): Promise<void> {
  await journal.phase('runtime', async () => {
    const versions = await context.spark.versions();
    await journal.update({ versions: { ...journal.record.versions, ...versions } });
    return { value: undefined, result: { phase: 'runtime', ...versions } };
  });
}

interface RunFrame {
  readonly id: string;
  readonly job: Job;
  readonly arguments: readonly string[];
  readonly redactor: Redactor;
  readonly timeoutMs?: number | undefined;
  /** Takes what the driver prints, as it comes. */
  readonly onStdout?: TakeOutput | undefined;
  readonly onStderr?: TakeOutput | undefined;
}

/** Makes the folder and the record of a run, and has it looked after from then on. */
async function inRunFolder(
  frame: RunFrame,
  outer: OperationContext,
  work: (run: Run) => Promise<RunOutcome>,
): Promise<RunRecord> {
  const { id, job, redactor, timeoutMs, onStdout, onStderr } = frame;
  const emit = (event: SparkctlEvent) => outer.emit(redactor.everywhere(event));
  const context = { ...outer, emit };
  const record = redactor.everywhere(await newRecord(frame, context));
  const folder = await createRunFolder(context.project, id);
  await writeRun(record);
  emit({ kind: 'run-created', run: id, folder });
  if (job.manifest) await writeInRun(record, 'manifest.yaml', manifestForKeeping(job.manifest, redactor));
  const journal = new RunJournal(record, emit, redactor);
  const timeout = timeoutMs === undefined ? undefined : { timeoutMs, leftMs: timeoutMs };
  const finished = await lookAfter(
    { id, folder, journal, redactor, timeout, onStdout, onStderr },
    context,
    async (claims, signal) => (await claims.tryToAdd([], signal)).length === 0,
    work,
  );
  return finished ?? journal.record;
}

async function newRecord(
  { id, job, redactor, arguments: words }: RunFrame,
  { project }: OperationContext,
): Promise<RunRecord> {
  const { manifest } = job;
  return {
    schemaVersion: 1,
    id,
    state: 'preparing',
    job: {
      name: job.name,
      script: job.application,
      ...(manifest && { manifest: manifest.file }),
      arguments: [...redactor.arguments(words)],
    },
    project,
    startedAt: new Date().toISOString(),
    owner: await ownIdentity(),
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
