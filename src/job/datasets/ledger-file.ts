import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { readJson } from '../../system/files/read-json.ts';
import type { Ledger } from './ledger.ts';

const rows = z.number().int().nonnegative();
const checksum = z.string().regex(/^[0-9a-f]{24}$/);
const counted = z.object({ rows, checksum });

const ledgerSchema = z.object({
  schemaVersion: z.literal(1),
  dataset: z.string(),
  generator: z.string(),
  seed: z.number().int(),
  rows,
  defects: z.record(z.string(), z.number()),
  file: z.object({ bytes: rows, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  read: rows,
  loaded: rows,
  quarantined: z.record(z.string(), counted),
  duplicates: counted,
  filtered: rows,
  columns: z.array(z.string()),
  checksum,
}) satisfies z.ZodType<Ledger>;

/** Where the ledger of a data file is. */
export function ledgerPathOf(dataPath: string): string {
  return `${dataPath}.ledger.json`;
}

/** The ledger beside a data file, or undefined where there is none. */
export async function readLedger(dataPath: string): Promise<Ledger | undefined> {
  const path = ledgerPathOf(dataPath);
  const read = await readJson(path, ledgerSchema);
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'value') return read.value;
  throw new SparkctlError({
    code: 'bad-ledger',
    category: 'input',
    message: `The ledger ${path} cannot be used: ${read.reason}.`,
    hint: `Delete it together with ${dataPath}, and generate the data again.`,
    details: { path },
  });
}
