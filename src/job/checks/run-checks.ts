import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { openDatabase } from '../targets/sqlite/open-database.ts';
import { assertChecks } from './assert-checks.ts';
import type { CheckContext, CheckResult, SpecOf } from './check.ts';
import type { CheckKind, CheckSpec } from './check-spec.ts';
import { checkOf } from './checks.ts';

export interface CheckRequest extends Omit<CheckContext, 'database'> {
  readonly databasePath: string;
  readonly checks: readonly CheckSpec[];
  /** Told each result as soon as it is known. */
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

/** Failures that say something about the result itself, and so are a check's answer and not the end of checking. */
const answers: readonly string[] = [
  'database-missing',
  'not-a-database',
  'database-damaged',
  'database-unexpected',
  'bad-query',
];

/** Runs checks one after the other on one unchanging view of the database. A wrong specification is thrown before any runs. */
export async function runChecks(request: CheckRequest): Promise<readonly CheckResult[]> {
  const { databasePath, checks, table, signal, onResult } = request;
  assertChecks(checks, table);
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    onResult?.(result);
  };
  try {
    using database = await openDatabase(databasePath, { signal });
    for (const spec of checks) add(await runOne(spec.kind, spec, { ...request, database }));
  } catch (error) {
    if (results.length > 0 || !isAnswer(error)) throw error;
    for (const spec of checks) add(unanswered(spec.kind, spec, error));
  }
  return results;
}

async function runOne<Kind extends CheckKind>(
  kind: Kind,
  spec: SpecOf<Kind>,
  context: CheckContext,
): Promise<CheckResult> {
  context.signal?.throwIfAborted();
  const check = checkOf(kind);
  try {
    if (context.database.tableInfo(context.table.name) === undefined)
      return noTable(kind, check.name(spec), context);
    return { kind, name: check.name(spec), ...(await check.run(spec, context)) };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return unanswered(kind, spec, error);
  }
}

function noTable(kind: CheckKind, name: string, { database, table }: CheckContext): CheckResult {
  const expected = `the table ${table.name}`;
  const found = `no table of that name in ${database.path}`;
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

function isAnswer(error: unknown): error is SparkctlError {
  return error instanceof SparkctlError && answers.includes(error.code);
}
