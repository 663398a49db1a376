import { z } from 'zod';
import { acceptedRange } from './accepted-range.ts';
import { acceptedValues } from './accepted-values.ts';
import { accounting } from './accounting/accounting.ts';
import type { Check } from './check.ts';
import { checksum } from './checksum/checksum.ts';
import { notNull } from './not-null.ts';
import { pattern } from './pattern.ts';
import { query } from './query.ts';
import { relationships } from './relationships.ts';
import { rowCount } from './row-count.ts';
import { schema } from './schema.ts';
import { segments } from './segments/segments.ts';
import { unique } from './unique.ts';

/** Every check, in the order in which the manifest's schema lists them. */
const checks = [
  accounting,
  schema,
  unique,
  notNull,
  acceptedValues,
  acceptedRange,
  relationships,
  rowCount,
  pattern,
  checksum,
  query,
  segments,
] as const;

type SpecSchema = (typeof checks)[number]['spec'];

/** The part of a manifest that asks for one check. */
export const checkSpec = z.discriminatedUnion(
  'kind',
  checks.map(({ spec }) => spec) as [SpecSchema, ...SpecSchema[]],
);

export type CheckSpec = z.output<SpecSchema>;
export type CheckKind = CheckSpec['kind'];

/** The check that a specification asks for, to which the specification can be given. */
export function checkOf({ kind }: CheckSpec): Check<z.ZodType<CheckSpec>> {
  const found = checks.find(({ spec }) => spec.shape.kind.value === kind);
  if (found === undefined) throw new Error(`There is no check ${kind}.`);
  return found;
}
