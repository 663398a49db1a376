import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { TableSpec } from '../targets/table-spec.ts';
import type { SpecOf } from './check.ts';
import type { CheckKind } from './check-spec.ts';
import { checkOf } from './checks.ts';

/** Throws all that is wrong with the specifications of checks at once: worth asking before a job runs, not only after it. */
export function assertChecks(specs: readonly SpecOf<CheckKind>[], table: TableSpec): void {
  const mistakes = specs.flatMap((spec) => mistakesOf(spec.kind, spec, table));
  if (mistakes.length === 0) return;
  throw new SparkctlError({
    code: 'bad-checks',
    category: 'configuration',
    message: mistakes.join('\n'),
    hint: 'Correct the checks in the manifest.',
    details: { mistakes },
  });
}

function mistakesOf<Kind extends CheckKind>(
  kind: Kind,
  spec: SpecOf<Kind>,
  table: TableSpec,
): readonly string[] {
  return checkOf(kind).mistakes(spec, table);
}
