import type { Mistake } from '../targets/target.ts';

interface Limits {
  readonly min?: string | number | undefined;
  readonly max?: string | number | undefined;
}

/** The mistakes of two limits: neither is there, or nothing lies between them. */
export function limitMistakes({ min, max }: Limits): readonly Mistake[] {
  if (min === undefined && max === undefined) return [{ at: [], message: 'it needs min, max or both' }];
  if (min === undefined || max === undefined || typeof min !== typeof max || min <= max) return [];
  return [{ at: ['max'], message: `${max} is less than min, which is ${min}` }];
}
