import { accountingCheck } from './accounting/accounting-check.ts';
import type { Check } from './check.ts';
import type { CheckKind } from './check-spec.ts';
import { checksumCheck } from './checksum/checksum-check.ts';
import { clustersCheck } from './clusters/clusters-check.ts';
import { patternCheck } from './pattern-check.ts';
import { queryCheck } from './query-check.ts';
import { schemaCheck } from './schema-check.ts';
import { uniqueCheck } from './unique-check.ts';

/** Every kind of check there is. */
export const checks = {
  accounting: accountingCheck,
  schema: schemaCheck,
  unique: uniqueCheck,
  pattern: patternCheck,
  checksum: checksumCheck,
  query: queryCheck,
  clusters: clustersCheck,
} satisfies { readonly [Kind in CheckKind]: Check<Kind> };

/** The check of a kind; its own specification type goes with it. */
export function checkOf<Kind extends CheckKind>(kind: Kind): Check<Kind> {
  const all: { readonly [Each in CheckKind]: Check<Each> } = checks;
  return all[kind];
}
