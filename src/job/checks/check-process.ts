import { answerQuestion } from '../../system/processes/ask-module.ts';
import { collectGarbage } from '../../system/processes/collect-garbage.ts';
import { kindOf } from '../targets/registry.ts';
import type { Accounting } from './accounting/accounting.ts';
import { readAccounting } from './accounting/read-accounting.ts';
import type { CheckResult } from './check.ts';
import { type CheckRequest, runChecks } from './run-checks.ts';

/** What is asked of the process that checks a result. */
export type CheckQuestion = Omit<CheckRequest, 'signal' | 'onResult'>;

export interface CheckAnswer {
  readonly results: readonly CheckResult[];
  /** Where every line of the input went; undefined without an input or without the table. */
  readonly accounting: Accounting | undefined;
}

// A query runs inside one call of native code, which hears no signal: so this is a process that can be killed.
answerQuestion(async (question: CheckQuestion): Promise<CheckAnswer> => {
  const results = await runChecks({ ...question, onResult: collectGarbage });
  return { results, accounting: question.inputFiles.length === 0 ? undefined : await accountingOf(question) };
});

async function accountingOf(question: CheckQuestion): Promise<Accounting | undefined> {
  const { target } = question;
  using reader = await kindOf(target).open(target, {});
  if (reader.tableInfo(target.table.name) === undefined) return undefined;
  return await readAccounting({ ...question, table: target.table, reader });
}
