import { countRecords } from '../../input/count-lines.ts';
import type { CommittedRun } from '../../targets/target.ts';
import type { CheckContext } from '../check.ts';

/** The mode in which a run replaces all that was in its table. */
const overwriting = 'overwrite';

/** What can be found out about a load without asking the job that did it. */
export interface Evidence {
  /** Lines of the input that are neither blank nor a header, counted here and now. */
  readonly read: number;
  readonly tableRows: number;
  /** Lines in the quarantine by reason, duplicates among them. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly hasQuarantine: boolean;
  /** What the job recorded when it committed: the run that was asked for, or the last one into this table. */
  readonly run: CommittedRun | undefined;
  /** The last run into the same table, where it is another one. */
  readonly laterRun: CommittedRun | undefined;
  /** True when the table and its quarantine hold nothing but what this run put there. */
  readonly replacesTable: boolean;
}

export async function gatherEvidence(context: CheckContext): Promise<Evidence> {
  const { reader, table, inputFiles, inputFormat, runId, signal } = context;
  const run = runOf(context);
  const last = reader.lastCommittedRun(table.name);
  const replacesTable = run === undefined || run.mode === overwriting;
  const quarantine = reader.quarantine(table.name, replacesTable ? undefined : run.runId);
  return {
    read: await countRecords(inputFiles, inputFormat, signal),
    tableRows: reader.tableInfo(table.name) === undefined ? 0 : reader.count(table.name),
    rejected: quarantine?.counts() ?? {},
    hasQuarantine: quarantine !== undefined,
    run,
    laterRun: runId !== undefined && last?.runId !== runId ? last : undefined,
    replacesTable,
  };
}

/** What the run that is checked recorded of the table, or the last one into it when none was named. */
export function runOf({ reader, table, runId }: CheckContext): CommittedRun | undefined {
  return runId === undefined ? reader.lastCommittedRun(table.name) : reader.committedRun(runId, table.name);
}
