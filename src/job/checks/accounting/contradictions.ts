import { counted, formatNumber } from '../../../system/format-number.ts';
import type { Ledger } from '../../datasets/ledger.ts';
import { duplicateReason } from '../../datasets/quarantine-reason.ts';
import { RowChecksum } from '../../datasets/row-checksum.ts';
import type { RejectedLines } from '../../targets/target.ts';
import { type CheckContext, inSlices, sampleLimit, type Verdict } from '../check.ts';
import {
  type Accounting,
  accountingLine,
  accountingOf,
  addsUp,
  type Evidence,
  gatherEvidence,
} from './evidence.ts';

/** Compares every statement about a load with every other: the input, the table, the quarantine, the run's record, the ledger. */
export async function judgeAccounting(context: CheckContext): Promise<Verdict> {
  const { ledger, runId, table } = context;
  const evidence = await gatherEvidence(context);
  const accounting = accountingOf(evidence, ledger);
  const found = [
    ...contradictions({ evidence, accounting, ledger, runId, table: table.name }),
    ...(await quarantineContradictions(context, evidence)),
  ];
  return {
    status: found.length === 0 ? 'held' : 'failed',
    expected: expectation(ledger, evidence),
    found: accountingLine(accounting),
    ...(found.length === 0 ? {} : { detail: found.join('\n') }),
  };
}

interface Asked {
  readonly evidence: Evidence;
  readonly accounting: Accounting;
  readonly ledger: Ledger | undefined;
  readonly runId: string | undefined;
  readonly table: string;
}

/** Contradictions between the input, the table, the record of the run and the ledger, one sentence each. */
function contradictions(asked: Asked): readonly string[] {
  return [...withItself(asked), ...withRun(asked), ...withLedger(asked)];
}

function withItself({ accounting }: Asked): string[] {
  if (addsUp(accounting)) return [];
  const { read, loaded, quarantined, duplicates, filtered, added = 0 } = accounting;
  const difference = read + added - loaded - quarantined - duplicates - filtered;
  return [
    difference > 0
      ? `${formatNumber(difference)} of the lines read are neither loaded nor in the quarantine.`
      : `There ${difference === -1 ? 'is' : 'are'} ${counted(-difference, 'row')} more than lines that were read.`,
  ];
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
  const compare = (what: string, recorded: number, there: number) => {
    if (recorded !== there)
      found.push(
        `The run ${run.runId} recorded ${what} ${formatNumber(recorded)}, but ${formatNumber(there)} ${there === 1 ? 'is' : 'are'} there.`,
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
  const compare = (what: string, expected: number, there: number) => {
    if (expected !== there)
      found.push(
        `The ledger expects ${what} ${formatNumber(expected)}, but ${formatNumber(there)} ${there === 1 ? 'is' : 'are'} there.`,
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

async function quarantineContradictions(
  { reader, table, ledger, signal }: CheckContext,
  { run, replacesTable }: Evidence,
): Promise<readonly string[]> {
  const quarantine = reader.quarantine(table.name, replacesTable ? undefined : run?.runId);
  if (quarantine === undefined) return [];
  const others = run === undefined ? [] : quarantine.runIds().filter((id) => id !== run.runId);
  return [
    ...(others.length === 0
      ? []
      : [`The quarantine holds lines of another run than ${run?.runId}: ${others.slice(0, 3).join(', ')}.`]),
    ...(ledger === undefined ? [] : await foreignLines(quarantine, ledger, signal)),
  ];
}

function expectation(ledger: Ledger | undefined, { run }: Evidence): string {
  if (ledger !== undefined) {
    const quarantined = Object.values(ledger.quarantined).reduce((sum, { rows }) => sum + rows, 0);
    return `${accountingLine({ ...ledger, quarantined, duplicates: ledger.duplicates.rows })}, as the ledger says`;
  }
  if (run !== undefined) return `${accountingLine(run)}, as the run recorded`;
  return 'read = loaded + quarantined + duplicates + filtered';
}

/** A sentence for each reason whose lines in the quarantine are as many as the ledger's, but not the same ones. */
async function foreignLines(
  quarantine: RejectedLines,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const found = new Map<string, RowChecksum>();
  await inSlices(quarantine.lines(), signal, ({ reason, raw }) => {
    let lines = found.get(reason);
    if (lines === undefined) {
      lines = new RowChecksum();
      found.set(reason, lines);
    }
    lines.addText(raw);
  });
  const expected = { ...ledger.quarantined, [duplicateReason]: ledger.duplicates };
  return Object.entries(expected).flatMap(([reason, { rows, checksum }]) => {
    const lines = found.get(reason);
    if (lines === undefined || lines.rows !== rows || lines.digest() === checksum) return [];
    const places = quarantine
      .places(reason, sampleLimit)
      .map(({ sourceFile, line }) => `${sourceFile}:${line}`);
    return [
      `The lines with the reason ${reason} are not those of the ledger (checksum ${lines.digest()}, expected ${checksum}). The first of them: ${places.join(', ')}.`,
    ];
  });
}
