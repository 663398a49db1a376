import type { CheckContext } from '../../job/checks/check.ts';
import type { RunRecord } from './run-record.ts';
import { readRuns } from './run-store.ts';

/** A job with the table that it loads. */
export interface LoadingJob {
  readonly project: string;
  /** The job's name. */
  readonly job: string;
  readonly database: Pick<NonNullable<RunRecord['database']>, 'path' | 'table'>;
}

/** Finds the runs of a job into its table, the newest first. */
export async function runsIntoTable({ project, job, database }: LoadingJob): Promise<readonly RunRecord[]> {
  const { runs } = await readRuns(project);
  return runs
    .map(({ record }) => record)
    .filter(
      (run) =>
        run.job.name === job && run.database?.path === database.path && run.database.table === database.table,
    );
}

/** Finds the last run of a job that succeeded before one of them, or else before the newest, with the rows of its table then. */
export async function previousRows(
  of: LoadingJob,
  run: string | undefined,
): Promise<CheckContext['previous']> {
  const runs = await runsIntoTable(of);
  const checked = run ?? runs[0]?.id;
  for (const { id, state, database } of runs)
    if (id !== checked && state === 'succeeded' && database?.rows !== undefined)
      return { run: id, rows: database.rows };
  return undefined;
}
