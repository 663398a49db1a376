import { z } from 'zod';
import { unknownColumn } from '../targets/table-spec.ts';
import type { Check } from './check.ts';
import { judgeColumn, unlikeColumn } from './column-fault.ts';
import { limitMistakes } from './limits.ts';

const limit = z.union([z.number(), z.string()]).optional();

const spec = z
  .strictObject({
    kind: z.literal('accepted_range'),
    column: z.string(),
    min: limit.describe('The smallest value that is right. Timestamps and text are compared as text.'),
    max: limit.describe('The greatest value that is right.'),
  })
  .describe('Every value of a column lies between two limits, both included.');

/** Every value of a column lies between two limits. Empty ones are not looked at. */
export const acceptedRange: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  name: ({ column }) => `accepted_range (${column})`,
  mistakes: ({ column, min, max }, { table }) => [
    ...unknownColumn(column, ['column'], table),
    ...limitMistakes({ min, max }),
    ...(min === undefined ? [] : unlikeColumn(min, column, ['min'], table)),
    ...(max === undefined ? [] : unlikeColumn(max, column, ['max'], table)),
  ],
  run: async ({ column, min, max }, context) => {
    const limits = [
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
    ];
    const words = { expected: `every ${column} is ${limits.join(' and ')}`, breaks: 'is not' };
    return judgeColumn(column, { kind: 'outside', least: min, greatest: max }, words, context);
  },
};
