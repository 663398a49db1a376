import { z } from 'zod';
import { parseMemoryMb } from '../../spark/executor-demand.ts';
import { checkSpec } from '../checks/registry.ts';
import { datasetSpec } from '../datasets/registry.ts';
import { inputFormats } from '../input/find-input.ts';
import { type TargetKey, targets } from '../targets/registry.ts';

const path = z.string().min(1);

/** A memory size as a manifest writes it. */
const memorySize = z
  .string()
  .refine(
    (text) => parseMemoryMb(text) !== undefined,
    'a memory size is a number with m, g or t, such as 512m or 2g',
  );

/** Each is a whole table. */
export const keptTables = z.number().int().min(1).max(100);

/** A key for each kind of target, of which a manifest has at most one. */
const targetSpecs = Object.fromEntries(
  Object.entries(targets).map(([key, { spec }]) => [key, spec.optional()]),
) as { [Key in TargetKey]: z.ZodOptional<(typeof targets)[Key]['spec']> };

/** Everything that `jobs/NAME.yaml` may say. The JSON Schema for editors is made from it. */
export const manifestSchema = z.strictObject({
  script: path
    .optional()
    .describe('The script to submit, relative to the manifest. Default: the .py file of the same name.'),
  dataset: datasetSpec.optional().describe('A seeded generator that makes the input before the job runs.'),
  input: z
    .strictObject({
      path: path.describe(
        'The input, relative to the project: a file, a folder or a pattern (*, ?, [a-z], {a,b}), as Spark reads it.',
      ),
      format: z
        .enum(inputFormats)
        .optional()
        .describe(
          'The format by which its lines are counted: the first line of csv is a header. Default: by the file extension, that of a compression left aside.',
        ),
    })
    .optional()
    .describe('The input of the job. Without a dataset it must be there.'),
  ...targetSpecs,
  outputs: z
    .record(
      z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a name is a small letter followed by letters and digits'),
      path.describe('A path, relative to the project.'),
    )
    .default({})
    .describe('Other outputs of the job, by name. Its folder is made before the job runs.'),
  cluster: z
    .strictObject({
      workers: z.number().int().min(1).max(64).optional().describe('Number of workers.'),
      workerCores: z.number().int().min(1).max(1024).optional().describe('Cores that a worker offers.'),
      workerMemory: memorySize.optional().describe('Memory that a worker offers, such as 2g.'),
    })
    .default({})
    .describe('The size of a cluster that is made for the job.'),
  spark: z
    .strictObject({
      conf: z
        .record(
          z.string().regex(/^spark\./, 'a Spark property begins with spark.'),
          z.union([z.string(), z.number(), z.boolean()]),
        )
        .default({})
        .describe('Spark properties, weaker than --conf.'),
    })
    .default({ conf: {} })
    .describe('What Spark is told.'),
  arguments: z
    .array(z.union([z.string(), z.number()]))
    .default([])
    .describe(
      'Arguments of the script. ${input}, ${database}, ${table}, ${outputs.NAME}, ${run} and ${artifacts} are filled in.',
    ),
  checks: z.array(checkSpec).default([]).describe('Checks of the result.'),
  keep: keptTables
    .optional()
    .describe(
      'How many of the last runs keep the rows of their table in their folder, so that runs diff --data can compare them. Default: none.',
    ),
});

export type ManifestSource = z.output<typeof manifestSchema>;

/** The JSON Schema (draft 7) of a manifest, for editors. `jobs/manifest.schema.json` holds it; `npm run schema` writes it again. */
export function manifestJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input' }),
    title: 'sparkctl job manifest',
  };
}
