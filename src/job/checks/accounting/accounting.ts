import { z } from 'zod';
import type { Check } from '../check.ts';

const spec = z
  .strictObject({ kind: z.literal('accounting') })
  .describe(
    'read (and what the job added) = loaded + quarantined + duplicates + filtered, per reason against the ledger where there is one.',
  );

/** Every line of the input is loaded, in the quarantine, a duplicate, or filtered: none is lost, none is there twice. */
export const accounting: Check<typeof spec> = {
  spec,
  name: () => 'accounting',
  run: async (_spec, context) => await (await import('./contradictions.ts')).judgeAccounting(context),
};
