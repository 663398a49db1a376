import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endMarked } from '../../system/processes/process-mark.ts';
import type { BackendContext } from '../backend.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { readRecord, recordPath } from './local-cluster-record.ts';
import { secretPath } from './local-node.ts';

/** How long a JVM may take to end by itself. */
export const nodeGraceMs = 4_000;

/**
 * Stops what the record names, whatever became of it, and removes the record last: a stop that is itself
 * interrupted can be repeated. Event logs may stay, for the history server of the next cluster of that name.
 */
export async function stopLocalCluster(
  name: string,
  context: Pick<BackendContext, 'project'>,
  { keepEvents }: { readonly keepEvents: boolean },
): Promise<boolean> {
  const record = await readRecord(context.project, name);
  if (record === undefined) return false;
  await Promise.all(record.nodes.map((node) => endMarked(node.mark, nodeGraceMs)));
  const folder = clusterFolder(context.project, name);
  for (const part of ['work', 'tmp', 'daemon.properties'])
    await rm(join(folder, part), { recursive: true, force: true });
  await rm(secretPath(context.project, name), { force: true });
  if (keepEvents) await rm(recordPath(context.project, name), { force: true });
  else await rm(folder, { recursive: true, force: true });
  return true;
}
