import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { kindOf, type ResolvedTarget } from '../targets/registry.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { TargetReader } from '../targets/target.ts';
import type { Accounting } from './accounting/evidence.ts';
import type { CheckContext, CheckResult } from './check.ts';
import { type CheckSpec, checkOf } from './registry.ts';
import { TableScan } from './table-scan.ts';

export interface CheckRequest extends Omit<CheckContext, 'reader' | 'table' | 'scan'> {
  readonly target: ResolvedTarget;
  readonly checks: readonly CheckSpec[];
  /** Told each result as soon as it is known. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

export interface CheckAnswer {
  readonly results: readonly CheckResult[];
  /** The fate of every line of the input; undefined without an input or without the table. */
  readonly accounting: Accounting | undefined;
}

/** Runs checks one after the other on one unchanging view of the target. A wrong specification is thrown before any runs. */
export async function runChecks(request: CheckRequest): Promise<readonly CheckResult[]> {
  const unreadable = (error: SparkctlError) => {
    const results = request.checks.map((spec) => unanswered(spec, error));
    for (const result of results) request.onResult?.(result);
    return results;
  };
  return await onTarget(request, (context) => runAll(request, context), unreadable);
}

/** Runs checks and accounts for the lines of the input, on the same view of the target. */
export async function checkResult(request: CheckRequest): Promise<CheckAnswer> {
  if (request.inputFiles.length === 0) return { results: await runChecks(request), accounting: undefined };
  const answer = async (context: CheckContext) => ({
    results: await runAll(request, context),
    accounting: await accountingOf(context),
  });
  return await onTarget(request, answer, (error) => {
    throw error;
  });
}

/** Opens one view of the target for an answer; `unreadable` answers where the target itself cannot be read. */
async function onTarget<Answer>(
  request: CheckRequest,
  answer: (context: CheckContext) => Promise<Answer>,
  unreadable: (error: SparkctlError) => Answer,
): Promise<Answer> {
  const { target } = request;
  await assertChecks(request.checks, target.table);
  const opened = await open(request);
  if (opened instanceof SparkctlError) return unreadable(opened);
  using reader = opened;
  const context = { ...request, table: target.table, reader };
  const questions = request.checks.map((spec) => checkOf(spec).asks?.(spec, context));
  using scan = new TableScan(
    context,
    questions.filter((question) => question !== undefined),
  );
  return await answer({ ...context, scan });
}

async function accountingOf(context: CheckContext): Promise<Accounting | undefined> {
  if (context.reader.tableInfo(context.table.name) === undefined) return undefined;
  const { accountingOf, gatherEvidence } = await import('./accounting/evidence.ts');
  return accountingOf(await gatherEvidence(context), context.ledger);
}

/** Opens the target; returns the error where its failure is the answer to every check. */
async function open({ target, signal }: CheckRequest): Promise<TargetReader | SparkctlError> {
  const kind = kindOf(target);
  try {
    return await kind.open(target, { signal });
  } catch (error) {
    if (!isAnswer(error, kind.answers)) throw error;
    return error;
  }
}

async function runAll({ target, checks, onResult }: CheckRequest, context: CheckContext) {
  const results: CheckResult[] = [];
  for (const spec of checks) {
    const result = await runOne(spec, context, kindOf(target).answers);
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runOne(
  spec: CheckSpec,
  context: CheckContext,
  answers: readonly string[],
): Promise<CheckResult> {
  context.signal?.throwIfAborted();
  const check = checkOf(spec);
  try {
    if (context.reader.tableInfo(context.table.name) === undefined) return noTable(spec, context);
    return { kind: spec.kind, name: check.name(spec), ...(await check.run(spec, context)) };
  } catch (error) {
    if (!isAnswer(error, answers)) throw error;
    return unanswered(spec, error);
  }
}

function noTable(spec: CheckSpec, { reader, table }: CheckContext): CheckResult {
  return {
    kind: spec.kind,
    name: checkOf(spec).name(spec),
    status: 'failed',
    expected: `the table ${table.name}`,
    found: `no table of that name in ${reader.location}`,
  };
}

function unanswered(spec: CheckSpec, error: SparkctlError): CheckResult {
  return {
    kind: spec.kind,
    name: checkOf(spec).name(spec),
    status: 'failed',
    expected: 'a database that can be read',
    found: error.message,
  };
}

function isAnswer(error: unknown, answers: readonly string[]): error is SparkctlError {
  return error instanceof SparkctlError && answers.includes(error.code);
}

/** Throws all mistakes in the specifications of checks at once. */
async function assertChecks(specs: readonly CheckSpec[], table: TableSpec): Promise<void> {
  const mistakes: string[] = [];
  for (const spec of specs) {
    const check = checkOf(spec);
    for (const { message } of (await check.mistakes?.(spec, { table })) ?? [])
      mistakes.push(`The check ${check.name(spec)}: ${message}${message.endsWith('?') ? '' : '.'}`);
  }
  if (mistakes.length === 0) return;
  throw new SparkctlError({
    code: 'bad-checks',
    category: 'configuration',
    message: mistakes.join('\n'),
    hint: 'Correct the checks in the manifest.',
    details: { mistakes },
  });
}
