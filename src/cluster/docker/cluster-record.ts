import { z } from 'zod';
import { clusterRecords, isClusterName } from '../cluster-folder.ts';

const clusterRecord = z.object({
  schemaVersion: z.literal(1),
  backend: z.literal('docker'),
  plan: z.object({
    name: z.string().refine(isClusterName, 'it is not the name of a cluster'),
    workers: z.number().int().nonnegative(),
    workerCores: z.number().int().positive(),
    workerMemoryMb: z.number().int().positive(),
    ephemeral: z.boolean(),
    connect: z.boolean().default(false),
  }),
  image: z.string(),
  /** Of an image that sparkctl did not build. */
  sparkHome: z.string().optional(),
  uid: z.number().int().nonnegative(),
});

/**
 * The facts of a cluster that Docker does not keep for later commands: its plan, above all the number of workers. The actual
 * state is asked of Docker every time.
 */
export type ClusterRecord = z.output<typeof clusterRecord>;

export const dockerRecords = clusterRecords('docker.json', clusterRecord, ({ plan }) => plan.name);
