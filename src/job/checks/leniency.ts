import { z } from 'zod';
import { counted } from '../../system/format-number.ts';
import { rowsAmount, rowsOf, rowsOrShare } from './amount.ts';
import type { CheckResult, Verdict } from './check.ts';

const severity = z
  .enum(['error', 'warn'])
  .optional()
  .describe('With warn, the run succeeds although the check does not hold, and says so. Default: error.');

const tolerated = 'that may be wrong without the check failing: a number of rows';

/** The words that every check understands. */
const severityShape = { severity };
const rowsShape = { tolerate: rowsAmount.optional().describe(`Rows ${tolerated}, such as 5.`) };
const shareShape = {
  tolerate: rowsOrShare
    .optional()
    .describe(`Rows ${tolerated}, such as 5, or a percentage of the table, such as 0.1%.`),
};

/** The parts of a manifest that say how lenient a check is. */
export type LeniencyShape = typeof severityShape & typeof shareShape;
export type Leniency = z.output<z.ZodObject<LeniencyShape>>;

/** Adds to the specification of a check the words that say how lenient it is. `tolerates` tells what it counts. */
export function withLeniency(spec: z.ZodObject, tolerates: 'rows' | 'rows-or-percent' | undefined) {
  const tolerance = tolerates === undefined ? {} : tolerates === 'rows' ? rowsShape : shareShape;
  return spec.extend({ ...severityShape, ...tolerance }).describe(spec.description ?? '');
}

/** The status of a check, and what it found, once it is known how lenient the manifest is with it. */
export function leniently(
  { status, found, faulty }: Verdict,
  { severity, tolerate }: Leniency,
): Pick<CheckResult, 'status' | 'found'> {
  if (status !== 'failed') return { status, found };
  const isTolerable = tolerate !== undefined && faulty !== undefined && faulty.rows > 0;
  const words = typeof tolerate === 'number' ? counted(tolerate, 'row') : tolerate;
  const told = isTolerable ? `${found} (tolerated: ${words})` : found;
  if (isTolerable && faulty.rows <= rowsOf(tolerate, faulty.of)) return { status: 'held', found: told };
  return { status: severity === 'warn' ? 'warned' : 'failed', found: told };
}
