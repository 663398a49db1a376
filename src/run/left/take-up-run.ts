import type { OperationContext } from '../../cluster/operation-context.ts';
import type { Ledger } from '../../job/datasets/ledger.ts';
import type { Manifest } from '../../job/manifest/manifest.ts';
import type { Redactor } from '../../spark/redact.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { SparkctlEvent } from '../../system/event.ts';
import { ownIdentity } from '../../system/processes/process-identity.ts';
import { runDriver } from '../driver/run-driver.ts';
import { clusterOf, concludeRun } from '../execute-run.ts';
import { lookAfter } from '../look-after-run.ts';
import type { RunPlan } from '../plan/plan-run.ts';
import { makeDataset } from '../prepare-job.ts';
import { RunJournal } from '../record/run-journal.ts';
import type { RunOutcome, RunRecord } from '../record/run-record.ts';
import { findLeft, runFolder } from '../record/run-store.ts';
import type { Run } from '../run.ts';

/**
 * Takes up a run that a killed sparkctl has left while its driver went on: becomes its owner, follows the driver to its end, and
 * does what comes after it. Undefined where there is nothing to be taken up, or another process was faster.
 */
export async function takeUpRun(
  plan: RunPlan,
  redactor: Redactor,
  outer: OperationContext,
): Promise<RunRecord | undefined> {
  const { id, project, timeoutMs } = plan;
  const left = await findLeft(project, id);
  if (left === undefined) return undefined;
  const emit = (event: SparkctlEvent) => outer.emit(redactor.everywhere(event));
  const ageMs = Math.max(0, Date.now() - Date.parse(left.startedAt));
  const driverAndAfter = left.phases.findIndex((phase) => phase.id === 'submit');
  const before = driverAndAfter < 0 ? left.phases : left.phases.slice(0, driverAndAfter);
  const journal = new RunJournal({ ...left, phases: before }, emit, redactor, ageMs);
  const timeout = timeoutMs === undefined ? undefined : { timeoutMs, leftMs: Math.max(0, timeoutMs - ageMs) };
  let problem: { readonly error: unknown } | undefined;
  const record = await lookAfter(
    { id, folder: runFolder(project, id), journal, redactor, timeout },
    { ...outer, emit },
    async (claims) => {
      try {
        // Also where the time of the run is over: then its driver has to be ended.
        return await claims.takeOver(() => becomeOwner(left, journal), outer.signal);
      } catch (error) {
        // It is not this process's to be ended.
        problem = { error };
        return false;
      }
    },
    (run) => goOn(plan, run),
  );
  if (problem !== undefined) throw problem.error;
  return record;
}

/** Writes this process down as the owner, unless there is another by now. */
async function becomeOwner(left: RunRecord, journal: RunJournal): Promise<boolean> {
  const now = await findLeft(left.project, left.id);
  if (now === undefined || JSON.stringify(now) !== JSON.stringify(left)) return false;
  await journal.update({ owner: await ownIdentity() });
  return true;
}

async function goOn(plan: RunPlan, run: Run): Promise<RunOutcome> {
  await using cluster = await clusterOf(plan, run);
  const connection = await cluster.connect().catch(clusterGone);
  if ('state' in connection) return connection;
  const outcome = await runDriver({ plan, cluster, connection }, run);
  return await concludeRun(plan, outcome, () => ledgerOf(plan.job.manifest, run), run);
}

/** The end of a run whose cluster has been taken down. */
function clusterGone(error: unknown): RunOutcome {
  if (!(error instanceof SparkctlError && error.code === 'no-cluster')) throw error;
  const message = `The sparkctl that looked after the run exited without reporting, and its cluster is gone. ${error.message}`;
  return { state: 'lost', cause: 'terminated', message };
}

/** The ledger of the data that the run was given. */
async function ledgerOf(
  { dataset, input }: Pick<Manifest, 'dataset' | 'input'> = {},
  { context }: Run,
): Promise<Ledger | undefined> {
  if (dataset === undefined || input === undefined) return undefined;
  return (await makeDataset(dataset, input.path, context)).value.ledger;
}
