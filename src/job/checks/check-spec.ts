import { z } from 'zod';

const accounting = z
  .strictObject({ kind: z.literal('accounting') })
  .describe(
    'read = loaded + quarantined + duplicates + filtered, per reason against the ledger where there is one.',
  );
const schema = z
  .strictObject({ kind: z.literal('schema') })
  .describe('The table has the columns, types and primary key of the manifest, and the database is sound.');
const unique = z
  .strictObject({
    kind: z.literal('unique'),
    columns: z.array(z.string()).min(1).describe('Columns that together never repeat.'),
  })
  .describe('No two rows share these columns.');
const pattern = z
  .strictObject({
    kind: z.literal('pattern'),
    column: z.string().describe('A text column.'),
    matches: z
      .string()
      .describe('A JavaScript regular expression (with the u flag) that every value must match.'),
  })
  .describe('Every value of a column matches a pattern.');
const checksum = z
  .strictObject({ kind: z.literal('checksum') })
  .describe(
    'The rows, whatever their order, are exactly those of the ledger of the dataset, or without one those that the job recorded when it committed.',
  );

const query = z
  .strictObject({
    kind: z.literal('query'),
    name: z.string().min(1).describe('What must hold, in a few words.'),
    sql: z.string().min(1).describe('A SELECT for SQLite that finds what is wrong.'),
  })
  .describe('A query over the database finds no row.');
const clusters = z
  .strictObject({
    kind: z.literal('clusters'),
    column: z.string().describe('The column that says which cluster a row is in.'),
    minimumRandIndex: z
      .number()
      .min(0)
      .max(1)
      .default(0.95)
      .describe('How well clusters and planted groups must agree: 1 is exactly, 0 is by chance.'),
  })
  .describe('The clusters are the groups that the dataset planted. Needs a dataset with groups.');

export const checkSpec = z.discriminatedUnion('kind', [
  accounting,
  schema,
  unique,
  pattern,
  checksum,
  query,
  clusters,
]);

export type CheckSpec = z.output<typeof checkSpec>;
export type CheckKind = CheckSpec['kind'];
