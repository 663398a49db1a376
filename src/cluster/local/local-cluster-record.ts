import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfPresent } from '../../files/read-if-present.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import { processIdentity } from '../../process/process-identity.ts';
import { clusterFolder, clustersFolder } from '../cluster-folder.ts';

const nodeRecord = z.object({
  name: z.string(),
  role: z.enum(['master', 'worker', 'history']),
  /** Every process of the node carries it; it is recorded before the first of them starts. */
  mark: z.string(),
  webPort: z.number().int(),
});

const localClusterRecord = z.object({
  schemaVersion: z.literal(1),
  backend: z.literal('local'),
  name: z.string(),
  ephemeral: z.boolean(),
  /** The sparkctl process that an ephemeral cluster belongs to. */
  owner: processIdentity,
  masterPort: z.number().int(),
  workerCores: z.number().int(),
  workerMemoryMb: z.number().int(),
  nodes: z.array(nodeRecord),
});

export type LocalNodeRecord = z.output<typeof nodeRecord>;
/** What was or is about to be started of a local cluster: written before each start, in `cluster.json`. */
export type LocalClusterRecord = z.output<typeof localClusterRecord>;

export function recordPath(project: string, name: string): string {
  return join(clusterFolder(project, name), 'cluster.json');
}

export async function readRecord(project: string, name: string): Promise<LocalClusterRecord | undefined> {
  const text = await readIfPresent(recordPath(project, name));
  if (text === undefined) return undefined;
  const record = localClusterRecord.safeParse(JSON.parse(text));
  return record.success ? record.data : undefined;
}

export async function writeRecord(project: string, record: LocalClusterRecord): Promise<void> {
  await writeAtomically(recordPath(project, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** The names of the local clusters that have a record in this project, dead ones included. */
export async function recordedNames(project: string): Promise<readonly string[]> {
  const entries = await readdir(clustersFolder(project), { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries.filter((each) => each.isDirectory())) {
    if ((await readRecord(project, entry.name)) !== undefined) names.push(entry.name);
  }
  return names.sort();
}
