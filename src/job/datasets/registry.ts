import { z } from 'zod';
import { nearestWord } from '../../system/errors/nearest-word.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { customers } from './customers/customers.ts';
import type { Dataset, GeneratedRow } from './dataset.ts';
import type { Ledger } from './ledger.ts';
import { players } from './players/players.ts';
import { users } from './users/users.ts';

/** Every dataset there is. */
const datasets = [users, customers, players] as const;

export type DatasetName = (typeof datasets)[number]['name'];

const rate = z.number().min(0).max(1);

/** The part of a manifest that asks for generated data. */
export const datasetSpec = z.discriminatedUnion(
  'name',
  datasets.map(specOf) as [SpecSchema, ...SpecSchema[]],
);

type SpecSchema = ReturnType<typeof specOf<DatasetName>>;

export type DatasetSpec = z.output<typeof datasetSpec>;

function specOf<Name extends DatasetName>({ name, defects }: Dataset<Name>) {
  const rates: Record<string, z.ZodOptional<z.ZodNumber>> = {};
  for (const [defect, { summary }] of Object.entries(defects))
    rates[defect] = rate.optional().describe(`Share of the rows, 0 to 1: ${summary}.`);
  return z.strictObject({
    name: z.literal(name).describe('The generator that makes the data.'),
    seed: z.number().int().min(0).max(0xffff_ffff).default(42).describe('Same seed, same bytes.'),
    rows: z.number().int().min(1).max(100_000_000).describe('Lines to generate.'),
    defects: z.strictObject(rates).default({}).describe('Defects to inject, each as a share of the rows.'),
  });
}

/** The dataset of a name as a person wrote it. */
export function findDataset(name: string): Dataset {
  const found = datasets.find((dataset) => dataset.name === name);
  if (found !== undefined) return found;
  const names = datasets.map((dataset) => dataset.name);
  const nearest = nearestWord(name, names);
  throw new SparkctlError({
    code: 'unknown-dataset',
    category: 'configuration',
    message: `There is no dataset ${JSON.stringify(name)}.`,
    hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The datasets are: ${names.join(', ')}.`,
    details: { dataset: name, datasets: names },
  });
}

export type LoadedRow = Extract<GeneratedRow, { fate: 'loaded' }>;

/**
 * The rows that a correct load of a ledger's file holds, in the file's order, their values as `valueText` gives them;
 * undefined when the installed generator is not the one that wrote the file.
 */
export async function regenerateLoadedRows(ledger: Ledger): Promise<Iterable<LoadedRow> | undefined> {
  const dataset = datasets.find(({ name }) => name === ledger.dataset);
  if (dataset?.generator !== ledger.generator) return undefined;
  const source = await dataset.open({ seed: ledger.seed, defects: ledger.defects });
  return (function* () {
    for (let row = 0; row < ledger.rows; row++) {
      const generated = source.next();
      if (generated.fate === 'loaded') yield generated;
    }
  })();
}
