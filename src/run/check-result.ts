import { join } from 'node:path';
import type { CheckResult } from '../job/checks/check.ts';
import type { CheckAnswer, CheckQuestion } from '../job/checks/check-process.ts';
import { checkOf } from '../job/checks/registry.ts';
import type { Ledger } from '../job/datasets/ledger.ts';
import { findInput } from '../job/input/find-input.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import { kindOf, type ResolvedTarget } from '../job/targets/registry.ts';
import { exitCodeOf } from '../system/errors/sparkctl-error.ts';
import type { PhaseOutcome, PhaseResult } from '../system/event.ts';
import { formatNumber } from '../system/format-number.ts';
import { packageRoot } from '../system/package.ts';
import type { PhaseEnd } from '../system/phase.ts';
import { askModule } from '../system/processes/ask-module.ts';
import type { RunPlan } from './plan/plan-run.ts';
import type { LoadingJob } from './record/earlier-runs.ts';
import type { Accounting, RunOutcome } from './record/run-record.ts';
import { runsFolder } from './record/run-store.ts';
import type { Run } from './run.ts';

/** The compiled module, also where this file is not: a process of its own runs it. */
const checkProcess = join(packageRoot, 'dist', 'job', 'checks', 'check-process.js');

/** A manifest whose result can be read back. */
export type CheckableManifest = Manifest & { readonly target: ResolvedTarget };

/** Reads the result of a run back without Spark and compares it with what must be there. */
export async function checkResult(
  { skipChecks, strict }: Pick<RunPlan, 'skipChecks' | 'strict'>,
  manifest: CheckableManifest,
  ledger: Ledger | undefined,
  { id, journal, context }: Run,
): Promise<RunOutcome> {
  await journal.update({ state: 'checking' });
  const checked = skipChecks ? { ...manifest, checks: [] } : manifest;
  const folder = { root: runsFolder(context.project), parts: [id] };
  const tableFolder = manifest.keep === undefined ? undefined : folder;
  const facts = { ledger, runId: id, rowsFolder: folder, tableFolder };
  const of = loadingJob(context.project, journal.record.job.name, manifest);
  const { results, accounting, rows } = await journal.phase('checks', async () => {
    const end = await askChecks(checked, of, facts, { mark: id, signal: context.signal });
    return { ...end, ...(skipChecks && { outcome: 'skipped' as const }) };
  });
  const { database } = journal.record;
  await journal.update({
    checks: [...results],
    ...(accounting && { accounting }),
    ...(database && rows !== undefined && { database: { ...database, rows } }),
  });
  if (manifest.keep !== undefined)
    await (await import('./record/kept-tables.ts')).removeOldTables(of, manifest.keep, context.emit);
  // A run that was stopped meanwhile ends as stopped, and not as succeeded.
  context.signal.throwIfAborted();
  return checksVerdict(results, accounting, strict);
}

/** A job with the table of its manifest. */
export function loadingJob(project: string, job: string, { target }: CheckableManifest): LoadingJob {
  return { project, job, database: { path: kindOf(target).location(target), table: target.table.name } };
}

/** Has the checks of a manifest made in a process of their own. */
export async function askChecks(
  { target, checks, input, file }: CheckableManifest,
  of: LoadingJob,
  facts: Pick<CheckQuestion, 'ledger' | 'runId' | 'rowsFolder' | 'tableFolder'>,
  options: Parameters<typeof askModule>[2],
): Promise<PhaseEnd<CheckAnswer>> {
  const inputFiles = input === undefined ? [] : await findInput(input.path, file);
  const compares = checks.some((spec) => checkOf(spec).comparesRuns?.(spec));
  const previous = compares
    ? await (await import('./record/earlier-runs.ts')).previousRows(of, facts.runId)
    : undefined;
  const question = { ...facts, target, checks, previous, inputFiles, inputFormat: input?.format };
  const value = await askModule<CheckQuestion, CheckAnswer>(checkProcess, question, options);
  return { value, ...checksPhase(value.results) };
}

/** Sums up the phase of the checks: a check that has warned or was skipped counts as neither held nor failed. */
export function checksPhase(results: readonly CheckResult[]): {
  readonly result: PhaseResult;
  readonly outcome: PhaseOutcome;
} {
  const count = (status: CheckResult['status']) =>
    results.filter((result) => result.status === status).length;
  const [held, warned, skipped] = [count('held'), count('warned'), count('skipped')];
  return {
    result: { phase: 'checks', passed: held, of: results.length, warned, skipped },
    outcome: count('failed') > 0 ? 'failed' : skipped > 0 && skipped === results.length ? 'skipped' : 'done',
  };
}

/** Decides how a run ends whose script succeeded. With `--strict` no check may warn or be skipped, and no row be quarantined. */
export function checksVerdict(
  results: readonly CheckResult[],
  accounting: Accounting | undefined,
  strict: boolean,
): RunOutcome {
  const bad = { state: 'checks-failed', cause: 'checks', exitCode: exitCodeOf.checks } as const;
  const failed = results.filter(({ status }) => status === 'failed');
  if (failed.length > 0) {
    return {
      ...bad,
      message: `${failed.length} of ${results.length} checks did not hold: ${namesOf(failed)}.`,
      hint: 'The table is what the script published. What each check expected and found is above and in run.json.',
    };
  }
  const warned = results.filter(({ status }) => status === 'warned');
  if (strict && warned.length > 0) {
    return {
      ...bad,
      message: `--strict: ${warned.length} of ${results.length} checks warned: ${namesOf(warned)}.`,
      hint: 'What each check expected and found is above and in run.json. Without --strict a warning is no failure.',
    };
  }
  const skipped = results.filter(({ status }) => status === 'skipped');
  if (strict && skipped.length > 0) {
    return {
      ...bad,
      message: `--strict: ${skipped.length} of ${results.length} checks were skipped: ${namesOf(skipped)}.`,
      hint: 'Why each was skipped is above and in run.json. Give it what it needs, or leave it out of the manifest.',
    };
  }
  if (strict && accounting !== undefined && accounting.quarantined > 0) {
    return {
      ...bad,
      message: `--strict: ${formatNumber(accounting.quarantined)} rows were quarantined.`,
      hint: 'They are in the quarantine table beside the target, each with its reason.',
    };
  }
  return { state: 'succeeded', exitCode: 0 };
}

function namesOf(results: readonly CheckResult[]): string {
  return results.map(({ name }) => name).join(', ');
}
