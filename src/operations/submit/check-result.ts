import { readAccounting } from '../../checks/accounting/read-accounting.ts';
import type { CheckResult } from '../../checks/check.ts';
import { runChecks } from '../../checks/run-checks.ts';
import type { Manifest } from '../../config/manifest/manifest.ts';
import { openDatabase } from '../../database/open-database.ts';
import type { Ledger } from '../../datasets/ledger.ts';
import { exitCodeOfCause } from '../../errors/failure-cause.ts';
import { findInput } from '../../input/find-input.ts';
import { collectGarbage } from '../../process/collect-garbage.ts';
import type { Accounting } from '../../runs/run-record.ts';
import type { OperationContext } from '../operation-context.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunOutcome } from './run-outcome.ts';
import type { SubmitRequest } from './submit-request.ts';

interface CheckWork {
  readonly manifest: Manifest & { readonly database: NonNullable<Manifest['database']> };
  readonly ledger: Ledger | undefined;
  readonly request: Pick<SubmitRequest, 'strict' | 'skipChecks'>;
  readonly journal: RunJournal;
  readonly context: OperationContext;
}

/** Reads the result back without Spark and compares it with what must be there. */
export async function checkRun({
  manifest,
  ledger,
  request,
  journal,
  context,
}: CheckWork): Promise<RunOutcome> {
  await journal.update({ state: 'checking' });
  const { path, table } = manifest.database;
  const files = manifest.input === undefined ? [] : await findInput(manifest.input.path, manifest.file);
  const view = {
    table,
    ledger,
    inputFiles: files,
    inputFormat: manifest.input?.format,
    runId: journal.record.id,
    signal: context.signal,
  };
  const checks = request.skipChecks ? [] : manifest.checks;
  const [accounting, results] = await journal.phase(
    'checks',
    'checks',
    async (): Promise<[readonly [Accounting | undefined, readonly CheckResult[]], string]> => {
      const found = await runChecks({ ...view, databasePath: path, checks, onResult: collectGarbage });
      const account = files.length === 0 ? undefined : await accountingOf(path, view);
      const held = found.filter(({ status }) => status === 'held').length;
      return [[account, found], request.skipChecks ? 'skipped' : `${held} of ${found.length} held`];
    },
  );
  await journal.update({ checks: [...results], ...(accounting && { accounting }) });
  return verdict(results, accounting, request.strict);
}

async function accountingOf(
  path: string,
  view: Omit<Parameters<typeof readAccounting>[0], 'database'>,
): Promise<Accounting | undefined> {
  using database = await openDatabase(path, { signal: view.signal });
  if (database.tableInfo(view.table.name) === undefined) return undefined;
  return await readAccounting({ ...view, database });
}

function verdict(
  results: readonly CheckResult[],
  accounting: Accounting | undefined,
  strict: boolean,
): RunOutcome {
  const failed = results.filter(({ status }) => status === 'failed');
  const bad = { state: 'checks-failed', cause: 'checks', exitCode: exitCodeOfCause.checks } as const;
  if (failed.length > 0) {
    const names = failed.map(({ name }) => name).join(', ');
    return {
      ...bad,
      message: `${failed.length} of ${results.length} checks did not hold: ${names}.`,
      hint: 'The table is what the script published. What each check expected and found is above and in run.json.',
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
