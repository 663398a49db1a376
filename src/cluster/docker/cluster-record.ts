import { join } from 'node:path';
import { z } from 'zod';
import { readIfPresent } from '../../files/read-if-present.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import { clusterFolder } from '../cluster-folder.ts';

const clusterRecord = z.object({
  schemaVersion: z.literal(1),
  backend: z.literal('docker'),
  plan: z.object({
    name: z.string(),
    workers: z.number(),
    workerCores: z.number(),
    workerMemoryMb: z.number(),
    ephemeral: z.boolean(),
  }),
  image: z.string(),
  /** Of an image that sparkctl did not build. */
  sparkHome: z.string().optional(),
  uid: z.number(),
});

/**
 * What a later command has to know of a cluster and Docker does not say: the plan, above all how many workers were
 * wanted. What there really is, is asked of Docker every time.
 */
export type ClusterRecord = z.output<typeof clusterRecord>;

export function recordPath(project: string, name: string): string {
  return join(clusterFolder(project, name), 'docker.json');
}

export async function readRecord(project: string, name: string): Promise<ClusterRecord | undefined> {
  const text = await readIfPresent(recordPath(project, name));
  if (text === undefined) return undefined;
  const parsed = clusterRecord.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

export async function writeRecord(project: string, record: ClusterRecord): Promise<void> {
  await writeAtomically(recordPath(project, record.plan.name), `${JSON.stringify(record, null, 2)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
