import type { CheckResult } from '../job/checks/check.ts';
import { exitCodeOf } from '../system/errors/sparkctl-error.ts';
import type { PhaseOutcome, PhaseResult } from '../system/event.ts';
import type { RunOutcome } from './run-outcome.ts';
import type { Accounting } from './run-record.ts';

/** What the phase of the checks says of them: one that was skipped is neither held nor failed. */
export function checksPhase(results: readonly CheckResult[]): {
  readonly result: PhaseResult;
  readonly outcome: PhaseOutcome;
} {
  const count = (status: CheckResult['status']) =>
    results.filter((result) => result.status === status).length;
  const [held, failed, skipped] = [count('held'), count('failed'), count('skipped')];
  return {
    result: { phase: 'checks', passed: held, of: results.length, skipped },
    outcome: failed > 0 ? 'failed' : held === 0 && skipped > 0 ? 'skipped' : 'done',
  };
}

/** How a run ends whose script succeeded. `--strict` takes no check that was skipped, and no row that was quarantined. */
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
      message: `--strict: ${accounting.quarantined} rows were quarantined.`,
      hint: 'They are in the quarantine table beside the target, each with its reason.',
    };
  }
  return { state: 'succeeded', exitCode: 0 };
}

function namesOf(results: readonly CheckResult[]): string {
  return results.map(({ name }) => name).join(', ');
}
