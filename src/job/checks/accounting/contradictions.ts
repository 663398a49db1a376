import type { Ledger } from '../../datasets/ledger.ts';
import { duplicateReason, quarantineReasons } from '../../datasets/quarantine-reason.ts';
import { type Accounting, accountingLine, addsUp } from './accounting.ts';
import type { Evidence } from './evidence.ts';

interface Asked {
  readonly evidence: Evidence;
  readonly accounting: Accounting;
  readonly ledger: Ledger | undefined;
  readonly runId: string | undefined;
  readonly table: string;
}

/** Every statement about the load that does not agree with another, one sentence each. */
export function contradictions(asked: Asked): readonly string[] {
  return [...withItself(asked), ...withRun(asked), ...withLedger(asked)];
}

function withItself({ evidence, accounting }: Asked): string[] {
  const found: string[] = [];
  if (!addsUp(accounting)) {
    const { read, loaded, quarantined, duplicates, filtered } = accounting;
    const difference = read - loaded - quarantined - duplicates - filtered;
    found.push(
      difference > 0
        ? `${difference} of the lines read are neither loaded nor in the quarantine.`
        : `${-difference} more rows are there than lines were read.`,
    );
  }
  for (const reason of Object.keys(evidence.rejected)) {
    if (!(quarantineReasons as readonly string[]).includes(reason)) {
      found.push(
        `The quarantine has the reason ${JSON.stringify(reason)}, which is none of: ${quarantineReasons.join(', ')}.`,
      );
    }
  }
  return found;
}

function withRun({ evidence, accounting, runId, table }: Asked): string[] {
  const { run, laterRun, tableRows, replacesTable } = evidence;
  const later =
    laterRun === undefined ? '' : ` The last run into it was ${laterRun.runId}, at ${laterRun.committedAt}.`;
  if (run === undefined) {
    // A job that does not record its commits leaves no trace of any run: that is no contradiction.
    return laterRun === undefined ? [] : [`The run ${runId} never committed the table ${table}.${later}`];
  }
  const found: string[] = [];
  if (!addsUp(run))
    found.push(`The run ${run.runId} recorded figures that do not add up: ${accountingLine(run)}.`);
  const compare = (what: string, recorded: number, counted: number) => {
    if (recorded !== counted)
      found.push(
        `The run ${run.runId} recorded ${what} ${recorded}, but ${counted} ${counted === 1 ? 'is' : 'are'} there.`,
      );
  };
  compare('read', run.read, accounting.read);
  if (replacesTable) compare('loaded', run.loaded, tableRows);
  else if (tableRows < run.loaded) compare('loaded', run.loaded, tableRows);
  compare('quarantined', run.quarantined, accounting.quarantined);
  compare('duplicates', run.duplicates, accounting.duplicates);
  if (found.length > 0 && later !== '') found.push(`The table was written again since.${later}`);
  return found;
}

function withLedger({ accounting, ledger }: Asked): string[] {
  if (ledger === undefined) return [];
  const found: string[] = [];
  const compare = (what: string, expected: number, counted: number) => {
    if (expected !== counted)
      found.push(
        `The ledger expects ${what} ${expected}, but ${counted} ${counted === 1 ? 'is' : 'are'} there.`,
      );
  };
  compare('read', ledger.read, accounting.read);
  compare('loaded', ledger.loaded, accounting.loaded);
  compare('filtered', ledger.filtered, accounting.filtered);
  compare(duplicateReason, ledger.duplicates.rows, accounting.duplicates);
  for (const reason of new Set([...Object.keys(ledger.quarantined), ...Object.keys(accounting.reasons)])) {
    compare(reason, ledger.quarantined[reason]?.rows ?? 0, accounting.reasons[reason] ?? 0);
  }
  return found;
}
