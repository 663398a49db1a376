import type { Ledger } from '../../datasets/ledger.ts';
import type { Check, CheckContext } from '../check.ts';
import { accountingLine, accountingOf } from './accounting.ts';
import { contradictions } from './contradictions.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { foreignLines } from './foreign-lines.ts';

/** Every line of the input is loaded, in the quarantine, a duplicate, or filtered: none is lost, none is there twice. */
export const accountingCheck: Check<'accounting'> = {
  name: () => 'accounting',
  mistakes: () => [],
  run: async (_spec, context) => {
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
  },
};

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
