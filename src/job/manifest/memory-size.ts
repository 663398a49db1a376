import { z } from 'zod';
import { parseMemoryMb } from '../../spark/executor-demand.ts';

/** A memory size as a manifest writes it. */
export const memorySize = z
  .string()
  .refine(
    (text) => parseMemoryMb(text) !== undefined,
    'a memory size is a number with m, g or t, such as 512m or 2g',
  );
