import { z } from 'zod';

/** The datasets there are, and the defects each can be given; `src/datasets/` holds the generator of every one. */
export const defectsOfDataset = {
  users: [
    'emailInvalidCharacters',
    'emailSpaces',
    'emailCapitals',
    'emailMissing',
    'emailBroken',
    'brokenJson',
    'wrongType',
    'duplicateId',
  ],
  customers: ['quotedFields', 'brokenCsv', 'wrongType', 'missingId', 'missingValue', 'duplicateId'],
  players: ['quotedFields', 'brokenCsv', 'wrongType', 'missingValue', 'impossibleValue', 'duplicateRow'],
} as const;

export type DatasetName = keyof typeof defectsOfDataset;

const rate = z.number().min(0).max(1);

function datasetOf<Name extends DatasetName>(name: Name) {
  const defects = Object.fromEntries(
    defectsOfDataset[name].map((defect) => [defect, rate.optional().describe('Share of the rows, 0 to 1.')]),
  );
  return z.strictObject({
    name: z.literal(name).describe('Which generator makes the data.'),
    seed: z.number().int().min(0).max(0xffff_ffff).default(42).describe('Same seed, same bytes.'),
    rows: z.number().int().min(1).max(100_000_000).describe('Lines to generate.'),
    defects: z.strictObject(defects).default({}).describe('Defects to inject, each as a share of the rows.'),
  });
}

export const datasetSpec = z.discriminatedUnion('name', [
  datasetOf('users'),
  datasetOf('customers'),
  datasetOf('players'),
]);

export type DatasetSpec = Omit<z.output<typeof datasetSpec>, 'defects'> & {
  readonly defects: Readonly<Record<string, number | undefined>>;
};
