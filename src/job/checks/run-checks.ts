import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { kindOf, type ResolvedTarget } from '../targets/registry.ts';
import { assertChecks } from './assert-checks.ts';
import type { CheckContext, CheckResult, SpecOf } from './check.ts';
import type { CheckKind, CheckSpec } from './check-spec.ts';
import { checkOf } from './checks.ts';

export interface CheckRequest extends Omit<CheckContext, 'reader' | 'table'> {
  readonly target: ResolvedTarget;
  readonly checks: readonly CheckSpec[];
  /** Told each result as soon as it is known. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

/** Runs checks one after the other on one unchanging view of the target. A wrong specification is thrown before any runs. */
export async function runChecks(request: CheckRequest): Promise<readonly CheckResult[]> {
  const { target, checks, signal, onResult } = request;
  const { table } = target;
  const kind = kindOf(target);
  assertChecks(checks, table);
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    onResult?.(result);
  };
  try {
    using reader = await kind.open(target, { signal });
    for (const spec of checks) {
      add(await runOne(spec.kind, spec, { ...request, table, reader }, kind.answers));
    }
  } catch (error) {
    if (results.length > 0 || !isAnswer(error, kind.answers)) throw error;
    for (const spec of checks) add(unanswered(spec.kind, spec, error));
  }
  return results;
}

async function runOne<Kind extends CheckKind>(
  kind: Kind,
  spec: SpecOf<Kind>,
  context: CheckContext,
  answers: readonly string[],
): Promise<CheckResult> {
  context.signal?.throwIfAborted();
  const check = checkOf(kind);
  try {
    if (context.reader.tableInfo(context.table.name) === undefined)
      return noTable(kind, check.name(spec), context);
    return { kind, name: check.name(spec), ...(await check.run(spec, context)) };
  } catch (error) {
    if (!isAnswer(error, answers)) throw error;
    return unanswered(kind, spec, error);
  }
}

function noTable(kind: CheckKind, name: string, { reader, table }: CheckContext): CheckResult {
  const expected = `the table ${table.name}`;
  const found = `no table of that name in ${reader.location}`;
  return { kind, name, status: 'failed', expected, found };
}

function unanswered<Kind extends CheckKind>(
  kind: Kind,
  spec: SpecOf<Kind>,
  error: SparkctlError,
): CheckResult {
  const name = checkOf(kind).name(spec);
  return { kind, name, status: 'failed', expected: 'a database that can be read', found: error.message };
}

function isAnswer(error: unknown, answers: readonly string[]): error is SparkctlError {
  return error instanceof SparkctlError && answers.includes(error.code);
}
