import { z } from 'zod';
import { canAccess } from '../../../system/files/read-file.ts';
import { unknownColumn } from '../../targets/table-spec.ts';
import type { Check } from '../check.ts';

const spec = z
  .strictObject({
    kind: z.literal('equality'),
    path: z
      .string()
      .min(1)
      .describe(
        'A file with the rows that must be there, relative to the project: CSV with a header, or JSON lines. Their key is the primary key of the table.',
      ),
    columns: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('The columns that are compared. Default: all; then the file may have no others.'),
  })
  .describe('The rows of the table are those of a file, whatever their order.');

/** The rows of the table are exactly those of a golden file, told apart by their key. */
export const equality: Check<typeof spec> = {
  spec,
  tolerates: 'rows-or-percent',
  resolve: async ({ path, ...rest }, inside) => ({ ...rest, path: await inside(['path'], path) }),
  name: ({ columns }) => (columns === undefined ? 'equality' : `equality (${columns.join(', ')})`),
  mistakes: async ({ path, columns = [] }, { table }) => [
    ...((await canAccess(path)) ? [] : [{ at: ['path'], message: `the file ${path} is not there` }]),
    ...columns.flatMap((column, index) => unknownColumn(column, ['columns', index], table)),
  ],
  run: async (asked, context) =>
    await (await import('./compare-with-file.ts')).compareWithFile(asked, context),
};
