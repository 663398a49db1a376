import { join } from 'node:path';
import type { OperationContext } from '../cluster/operation-context.ts';
import type { CheckAnswer, CheckQuestion } from '../job/checks/check-process.ts';
import type { Ledger } from '../job/datasets/ledger.ts';
import { findInput } from '../job/input/find-input.ts';
import type { Manifest } from '../job/manifest/manifest.ts';
import type { ResolvedTarget } from '../job/targets/registry.ts';
import { packageRoot } from '../system/package.ts';
import type { PhaseEnd } from '../system/phase.ts';
import { askModule } from '../system/processes/ask-module.ts';
import { checksPhase, checksVerdict } from './checks-verdict.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunOutcome } from './run-outcome.ts';
import type { SubmitRequest } from './submit-request.ts';

/** A process runs it, so it is the compiled one also where this file is not. */
const checkProcess = join(packageRoot, 'dist', 'job', 'checks', 'check-process.js');

interface CheckWork {
  readonly manifest: Manifest & { readonly target: ResolvedTarget };
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
  const files = manifest.input === undefined ? [] : await findInput(manifest.input.path, manifest.file);
  const question: CheckQuestion = {
    target: manifest.target,
    checks: request.skipChecks ? [] : manifest.checks,
    ledger,
    inputFiles: files,
    inputFormat: manifest.input?.format,
    runId: journal.record.id,
  };
  const { results, accounting } = await journal.phase('checks', async (): Promise<PhaseEnd<CheckAnswer>> => {
    const answer = await askModule<CheckQuestion, CheckAnswer>(checkProcess, question, {
      mark: journal.record.id,
      signal: context.signal,
    });
    const end = checksPhase(answer.results);
    return { value: answer, ...end, ...(request.skipChecks && { outcome: 'skipped' }) };
  });
  await journal.update({ checks: [...results], ...(accounting && { accounting }) });
  // Whoever ended the run meanwhile is told so, and not that it succeeded.
  context.signal.throwIfAborted();
  return checksVerdict(results, accounting, request.strict);
}
