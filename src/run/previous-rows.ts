import type { CheckContext } from '../job/checks/check.ts';
import { kindOf, type ResolvedTarget } from '../job/targets/registry.ts';
import { readRuns } from './run-store.ts';

interface CheckedResult {
  readonly project: string;
  /** The job's name. */
  readonly job: string;
  /** The run whose result is checked. Without it, it is the newest one. */
  readonly run?: string;
}

/** Finds the last run of a job that succeeded before the one that is checked, with the rows of its table then. */
export async function previousRows(
  target: ResolvedTarget,
  { project, job, run }: CheckedResult,
): Promise<CheckContext['previous']> {
  const [path, table] = [kindOf(target).location(target), target.table.name];
  const same = (await readRuns(project)).runs
    .map(({ record }) => record)
    .filter(
      ({ job: { name }, database }) => name === job && database?.path === path && database.table === table,
    );
  const checked = run ?? same[0]?.id;
  for (const { id, state, database } of same)
    if (id !== checked && state === 'succeeded' && database?.rows !== undefined)
      return { run: id, rows: database.rows };
  return undefined;
}
