import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { kindOf, type ResolvedTarget } from '../targets/registry.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { TargetReader } from '../targets/target.ts';
import type { Accounting } from './accounting/evidence.ts';
import type { CheckContext, CheckResult } from './check.ts';
import { keepFaultyRows, type RowsFolder } from './faulty-rows.ts';
import { leniently } from './leniency.ts';
import { type CheckSpec, checkOf } from './registry.ts';
import { TableScan } from './table-scan.ts';

export interface CheckRequest extends Omit<CheckContext, 'reader' | 'table' | 'scan'> {
  readonly target: ResolvedTarget;
  readonly checks: readonly CheckSpec[];
  /** The folder in which the rows that are wrong are kept. Without it, they are counted only. */
  readonly rowsFolder?: RowsFolder | undefined;
  /** The folder in which the rows of the table are kept, where they are. */
  readonly tableFolder?: RowsFolder | undefined;
  /** Told each result as soon as it is known. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

export interface CheckAnswer {
  readonly results: readonly CheckResult[];
  /** The fate of every line of the input; undefined without an input or without the table. */
  readonly accounting: Accounting | undefined;
  /** The rows of the table; undefined where it is not there. */
  readonly rows: number | undefined;
}

/** Runs checks one after the other on one unchanging view of the target. A wrong specification is thrown before any runs. */
export async function runChecks(request: CheckRequest): Promise<readonly CheckResult[]> {
  return await onTarget(
    request,
    (context) => runAll(request, context),
    (error) => failAll(request, error),
  );
}

/** Runs checks, counts the rows and accounts for the lines of the input, on the same view of the target. */
export async function checkResult(request: CheckRequest): Promise<CheckAnswer> {
  const hasInput = request.inputFiles.length > 0;
  const answer = async (context: CheckContext): Promise<CheckAnswer> => {
    const results = await runAll(request, context);
    const accounting = hasInput ? await accountingOf(context) : undefined;
    if (!hasTable(context)) return { results, accounting, rows: undefined };
    const { reader, table } = context;
    if (request.tableFolder !== undefined) {
      const { keepTable } = await import('../kept-table/kept-table.ts');
      await keepTable(reader, table, request.tableFolder);
    }
    return { results, accounting, rows: reader.count(table.name) };
  };
  return await onTarget(request, answer, (error) => {
    if (hasInput) throw error;
    return { results: failAll(request, error), accounting: undefined, rows: undefined };
  });
}

/** Gives each check the same answer: the target cannot be read. */
function failAll({ checks, onResult }: CheckRequest, error: SparkctlError): readonly CheckResult[] {
  const results = checks.map((spec) => unanswered(spec, error));
  for (const result of results) onResult?.(result);
  return results;
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
  if (!hasTable(context)) return undefined;
  const { accountingOf, gatherEvidence } = await import('./accounting/evidence.ts');
  return accountingOf(await gatherEvidence(context), context.ledger);
}

function hasTable({ reader, table }: CheckContext): boolean {
  return reader.tableInfo(table.name) !== undefined;
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

async function runAll(request: CheckRequest, context: CheckContext): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [index, spec] of request.checks.entries()) {
    const result = await runOne(spec, index, request, context);
    results.push(result);
    request.onResult?.(result);
  }
  return results;
}

async function runOne(
  spec: CheckSpec,
  index: number,
  { target, rowsFolder }: CheckRequest,
  context: CheckContext,
): Promise<CheckResult> {
  context.signal?.throwIfAborted();
  const check = checkOf(spec);
  try {
    if (!hasTable(context)) return noTable(spec, context);
    const { faulty, ...verdict } = await check.run(spec, context);
    const judged = { kind: spec.kind, name: check.name(spec), ...verdict };
    const status = leniently({ ...verdict, ...(faulty && { faulty }) }, spec);
    if (faulty === undefined || faulty.rows === 0) return { ...judged, ...status };
    const kept =
      rowsFolder === undefined
        ? { rows: faulty.rows }
        : await keepFaultyRows(
            faulty,
            rowsFolder,
            `failing-rows-${index + 1}-${spec.kind}.jsonl`,
            context.signal,
          );
    return { ...judged, ...status, faulty: kept };
  } catch (error) {
    if (!isAnswer(error, kindOf(target).answers)) throw error;
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
