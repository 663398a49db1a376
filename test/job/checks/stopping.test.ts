import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import type { Manifest } from '../../../src/job/manifest/manifest.ts';
import type { ResolvedTarget } from '../../../src/job/targets/registry.ts';
import { checkResult } from '../../../src/run/check-result.ts';
import { RunJournal } from '../../../src/run/record/run-journal.ts';
import { createRunFolder } from '../../../src/run/record/run-store.ts';
import type { Run } from '../../../src/run/run.ts';
import { Redactor } from '../../../src/spark/redact.ts';
import { findMarked } from '../../../src/system/processes/process-mark.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { aRun } from '../../run/a-run.ts';
import { testContext } from '../../support/test-context.ts';
import { loadedUsers, specs, usersIn } from './loaded-users.ts';

/** SQLite is asked once, and never answers. */
const endless: CheckSpec = {
  kind: 'query',
  name: 'endless',
  sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
};

/** The checks of a run, as a submission does them. */
async function checksOf(checks: readonly CheckSpec[], signal: AbortSignal) {
  const users = await loadedUsers();
  const project = dirname(users.databasePath);
  const id = `etl-20260131-120000-${Math.random().toString(16).slice(2, 8).padEnd(6, '0')}`;
  await createRunFolder(project, id);
  const manifest = {
    file: 'jobs/etl.yaml',
    input: { path: users.dataPath, format: 'jsonl' },
    target: usersIn(users.databasePath),
    checks,
  } as unknown as Manifest & { readonly target: ResolvedTarget };
  const record = aRun({ id, project, state: 'running', phases: [], checks: [] });
  const journal = new RunJournal(record, () => {}, new Redactor([]));
  const context = testContext(project, { signal });
  const run = { id, journal, context } as unknown as Run;
  const outcome = checkResult({ strict: false, skipChecks: false }, manifest, users.ledger, run);
  outcome.catch(() => {});
  return { id, journal, outcome };
}

it('a check that never ends is ended by the signal at once', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const { id, outcome } = await checksOf([specs.schema, endless], controller.signal);
  const started = await waitUntil(async () => ((await findMarked(id)).length > 0 ? true : undefined), {
    timeoutMs: 10_000,
  });
  expect(started).toBe(true);
  controller.abort(new Error('Ctrl-C'));
  await expect(outcome).rejects.toThrow('Ctrl-C');
  expect(await findMarked(id)).toEqual([]);
});

it('the signal is asked once more before the verdict', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const { journal, outcome } = await checksOf([specs.schema], controller.signal);
  const update = journal.update.bind(journal);
  journal.update = async (changes) => {
    await update(changes);
    // The last thing that is written down before the verdict.
    if (changes.checks !== undefined) controller.abort(new Error('Ctrl-C'));
  };
  await expect(outcome).rejects.toThrow('Ctrl-C');
});

it('checks that end have their results and the accounting', { timeout: 60_000 }, async () => {
  const { journal, outcome } = await checksOf(Object.values(specs), new AbortController().signal);
  const { exitCode } = await outcome;
  expect(journal.record.accounting?.read).toBe(400);
  expect(journal.record.checks.map(({ kind }) => kind)).toEqual(Object.keys(specs));
  // The run that is asked for is none of this database's.
  expect(exitCode).toBe(65);
});
