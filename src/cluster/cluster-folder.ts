import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Emit } from '../system/event.ts';
import { plainName, stateFolder } from '../system/files/places.ts';
import { type ReadJson, readJson } from '../system/files/read-json.ts';

export function clustersFolder(project: string): string {
  return join(stateFolder(project), 'clusters');
}

/** Where a cluster keeps its record, secret, logs and event logs. */
export function clusterFolder(project: string, name: string): string {
  return join(clustersFolder(project), name);
}

/** Tells whether a text can be a cluster's name, and so a part of a path. */
export function isClusterName(text: string): boolean {
  return plainName.test(text);
}

/** The names of the clusters that have a folder in this project. A link is none. */
export async function clusterNames(project: string): Promise<readonly string[]> {
  const entries = await readdir(clustersFolder(project), { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && isClusterName(entry.name));
  return folders.map(({ name }) => name).sort();
}

/**
 * Reads a record in a cluster's folder. One that is damaged, or that calls the cluster by another name than its folder,
 * is as good as none: nothing is ended or deleted for what it says. It is told where the caller has somebody to tell.
 */
export async function readClusterRecord<Schema extends z.ZodType>(
  project: string,
  name: string,
  file: string,
  schema: Schema,
  nameOf: (record: z.output<Schema>) => string,
  emit?: Emit,
): Promise<z.output<Schema> | undefined> {
  if (!isClusterName(name)) return undefined;
  const folder = clusterFolder(project, name);
  const found = await lstat(folder).catch(() => undefined);
  const path = join(folder, file);
  const read: ReadJson<z.output<Schema>> = found?.isSymbolicLink()
    ? { kind: 'damaged', path: folder, reason: 'the folder is a symbolic link' }
    : await readJson(path, schema);
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'value' && nameOf(read.value) === name) return read.value;
  const [where, reason] =
    read.kind === 'damaged'
      ? [read.path, read.reason]
      : [path, `it is the record of ${nameOf(read.value)}, in another cluster's folder`];
  emit?.({ kind: 'record-unusable', path: where, reason });
  return undefined;
}
