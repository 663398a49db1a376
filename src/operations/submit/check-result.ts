import { readAccounting } from '../../checks/accounting/read-accounting.ts';
import type { CheckResult } from '../../checks/check.ts';
import { runChecks } from '../../checks/run-checks.ts';
import type { Manifest } from '../../config/manifest/manifest.ts';
import { openDatabase } from '../../database/open-database.ts';
import type { Ledger } from '../../datasets/ledger.ts';
import { findInput } from '../../input/find-input.ts';
import { collectGarbage } from '../../process/collect-garbage.ts';
import type { Accounting } from '../../runs/run-record.ts';
import type { OperationContext } from '../operation-context.ts';
import { checksPhase, checksVerdict } from './checks-verdict.ts';
import type { PhaseEnd, RunJournal } from './run-journal.ts';
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
    async (): Promise<PhaseEnd<readonly [Accounting | undefined, readonly CheckResult[]]>> => {
      const found = await runChecks({ ...view, databasePath: path, checks, onResult: collectGarbage });
      const account = files.length === 0 ? undefined : await accountingOf(path, view);
      const { summary, outcome } = request.skipChecks
        ? { summary: '--skip-checks', outcome: 'skipped' as const }
        : checksPhase(found);
      return [[account, found], summary, outcome];
    },
  );
  await journal.update({ checks: [...results], ...(accounting && { accounting }) });
  return checksVerdict(results, accounting, request.strict);
}

async function accountingOf(
  path: string,
  view: Omit<Parameters<typeof readAccounting>[0], 'database'>,
): Promise<Accounting | undefined> {
  using database = await openDatabase(path, { signal: view.signal });
  if (database.tableInfo(view.table.name) === undefined) return undefined;
  return await readAccounting({ ...view, database });
}
