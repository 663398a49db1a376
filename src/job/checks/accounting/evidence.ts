import { formatNumber } from '../../../system/format-number.ts';
import type { Ledger } from '../../datasets/ledger.ts';
import { duplicateReason } from '../../datasets/quarantine-reason.ts';
import { countRecords } from '../../input/count-lines.ts';
import type { CommittedRun } from '../../targets/target.ts';
import { type CheckContext, runOf } from '../check.ts';

/** The mode in which a run replaces all that was in its table. */
const overwriting = 'overwrite';

/** Facts about a load that can be found without the job that did it. */
export interface Evidence {
  /** Lines of the input that are neither blank nor a header, counted here and now. */
  readonly read: number;
  readonly tableRows: number;
  /** Lines in the quarantine by reason, duplicates among them. */
  readonly rejected: Readonly<Record<string, number>>;
  /** The job's own record of its commit: of the run that was asked for, or of the last one into this table. */
  readonly run: CommittedRun | undefined;
  /** The last run into the same table, where it is another one. */
  readonly laterRun: CommittedRun | undefined;
  /** True when the table and its quarantine hold nothing but what this run put there. */
  readonly replacesTable: boolean;
}

const gathered = new WeakMap<CheckContext, Promise<Evidence>>();

/** Gathers the evidence once for each view of a result: the check and the run's summary say the same, and the input is read once. */
export async function gatherEvidence(context: CheckContext): Promise<Evidence> {
  let evidence = gathered.get(context);
  if (evidence === undefined) {
    evidence = gather(context);
    gathered.set(context, evidence);
  }
  return await evidence;
}

async function gather(context: CheckContext): Promise<Evidence> {
  const { reader, table, inputFiles, inputFormat, runId, signal } = context;
  const run = runOf(context);
  const last = reader.lastCommittedRun(table.name);
  const replacesTable = run === undefined || run.mode === overwriting;
  const quarantine = reader.quarantine(table.name, replacesTable ? undefined : run.runId);
  return {
    read: await countRecords(inputFiles, inputFormat, signal),
    tableRows: reader.tableInfo(table.name) === undefined ? 0 : reader.count(table.name),
    rejected: quarantine?.counts() ?? {},
    run,
    laterRun: runId !== undefined && last?.runId !== runId ? last : undefined,
    replacesTable,
  };
}

/** The fate of every line of the input: read + added = loaded + quarantined + duplicates + filtered. */
export interface Accounting {
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly filtered: number;
  /** Rows that the job made beyond one for each line, as a join does. */
  readonly added?: number;
  /** The loaded ones in which the job has repaired a value. */
  readonly repaired?: number;
  /** The quarantined ones by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The accounting of what is really there. What a job filtered away, added or repaired has to be taken on its word: it leaves no trace. */
export function accountingOf(evidence: Evidence, ledger: Ledger | undefined): Accounting {
  const { [duplicateReason]: duplicates = 0, ...reasons } = evidence.rejected;
  const { added = 0, repaired = 0 } = evidence.run ?? {};
  return {
    read: evidence.read,
    loaded: evidence.replacesTable ? evidence.tableRows : (evidence.run?.loaded ?? evidence.tableRows),
    quarantined: Object.values(reasons).reduce((sum, rows) => sum + rows, 0),
    duplicates,
    filtered: evidence.run?.filtered ?? ledger?.filtered ?? 0,
    ...(added === 0 ? {} : { added }),
    ...(repaired === 0 ? {} : { repaired }),
    reasons,
  };
}

export function addsUp({
  read,
  loaded,
  quarantined,
  duplicates,
  filtered,
  added = 0,
}: Omit<Accounting, 'reasons'>): boolean {
  return read + added === loaded + quarantined + duplicates + filtered;
}

/** The equation with its numbers: `read 10 = loaded 9 + quarantined 1 + duplicates 0 + filtered 0`. */
export function accountingLine(accounting: Omit<Accounting, 'reasons'>): string {
  const { read, loaded, quarantined, duplicates, filtered, added = 0 } = accounting;
  const more = added === 0 ? '' : ` + added ${formatNumber(added)}`;
  const relation = addsUp(accounting) ? '=' : 'is not';
  return `read ${formatNumber(read)}${more} ${relation} loaded ${formatNumber(loaded)} + quarantined ${formatNumber(quarantined)} + duplicates ${formatNumber(duplicates)} + filtered ${formatNumber(filtered)}`;
}
