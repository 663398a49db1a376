import { z } from 'zod';
import { acceptedRange } from './accepted-range.ts';
import { acceptedValues } from './accepted-values.ts';
import { accounting } from './accounting/accounting.ts';
import type { Check } from './check.ts';
import { checksum } from './checksum/checksum.ts';
import { equality } from './equality/equality.ts';
import { freshness } from './freshness.ts';
import { type Leniency, type LeniencyShape, withLeniency } from './leniency.ts';
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
  freshness,
  pattern,
  checksum,
  equality,
  query,
  segments,
] as const;

type SpecSchema = (typeof checks)[number]['spec'];

type Lenient<Spec> = Spec extends z.ZodObject<infer Shape> ? z.ZodObject<Shape & LeniencyShape> : never;

/** The part of a manifest that asks for one check, and says how lenient it is. */
export const checkSpec = z.discriminatedUnion(
  'kind',
  checks.map(({ spec, tolerates }: Check<SpecSchema>) => withLeniency(spec, tolerates)) as unknown as [
    Lenient<SpecSchema>,
    ...Lenient<SpecSchema>[],
  ],
);

export type CheckSpec = z.output<SpecSchema> & Leniency;
export type CheckKind = CheckSpec['kind'];

/** The check that a specification asks for, to which the specification can be given. */
export function checkOf({ kind }: Pick<CheckSpec, 'kind'>): Check<z.ZodType<CheckSpec>> {
  const found = checks.find(({ spec }) => spec.shape.kind.value === kind);
  if (found === undefined) throw new Error(`There is no check ${kind}.`);
  return found as unknown as Check<z.ZodType<CheckSpec>>;
}
