import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { SparkctlError } from '../system/errors/sparkctl-error.ts';
import type { Emit } from '../system/event.ts';
import { plainName, stateFolder } from '../system/files/places.ts';
import { type ReadJson, readJson } from '../system/files/read-json.ts';
import { writeAtomically } from '../system/files/write-file.ts';

export function clustersFolder(project: string): string {
  return join(stateFolder(project), 'clusters');
}

/** The folder in which a cluster keeps its record, secret, logs and event logs. */
export function clusterFolder(project: string, name: string): string {
  return join(clustersFolder(project), name);
}

/** Tells whether a text can be a cluster's name, and so a part of a path. */
export function isClusterName(text: string): boolean {
  return plainName.test(text);
}

/** The error where a project has no cluster of a name; `options` are those by which `cluster up` would start it. */
export function noCluster(name: string, project: string, options: string): SparkctlError {
  return new SparkctlError({
    code: 'no-cluster',
    category: 'cluster',
    message: `There is no cluster called ${name} in ${project}.`,
    hint: `Start one with: ${['sparkctl cluster up', options].join(' ').trim()}`,
  });
}

/** The names of the clusters that have a folder in this project. A link is none. */
export async function clusterNames(project: string): Promise<readonly string[]> {
  const entries = await readdir(clustersFolder(project), { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && isClusterName(entry.name));
  return folders.map(({ name }) => name).sort();
}

/** The records that a backend keeps in the folders of its clusters. */
export interface ClusterRecords<Value> {
  path(project: string, name: string): string;
  /**
   * Reads the record of a cluster. One that is damaged, or that names another cluster than its folder, is ignored: nothing
   * is ended or deleted for what it says. `emit` is told of it.
   */
  read(project: string, name: string, emit?: Emit): Promise<Value | undefined>;
  /** Reads all records of a project, those of dead clusters included. */
  list(project: string, emit?: Emit): Promise<readonly Value[]>;
  write(project: string, record: Value): Promise<void>;
}

/** Makes the one way in which a backend reads and writes its records. */
export function clusterRecords<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  nameOf: (record: z.output<Schema>) => string,
): ClusterRecords<z.output<Schema>> {
  const path = (project: string, name: string) => join(clusterFolder(project, name), file);
  const find = async (project: string, name: string): Promise<ReadJson<z.output<Schema>>> => {
    const folder = clusterFolder(project, name);
    const found = await lstat(folder).catch(() => undefined);
    if (found?.isSymbolicLink())
      return { kind: 'damaged', path: folder, reason: 'the folder is a symbolic link' };
    const read = await readJson(path(project, name), schema);
    if (read.kind !== 'value' || nameOf(read.value) === name) return read;
    const reason = `it is the record of ${nameOf(read.value)}, in another cluster's folder`;
    return { kind: 'damaged', path: path(project, name), reason };
  };
  const read = async (project: string, name: string, emit?: Emit) => {
    if (!isClusterName(name)) return undefined;
    const found = await find(project, name);
    if (found.kind === 'damaged') emit?.({ kind: 'record-unusable', path: found.path, reason: found.reason });
    return found.kind === 'value' ? found.value : undefined;
  };
  return {
    path,
    read,
    async list(project, emit) {
      const names = await clusterNames(project);
      const records = await Promise.all(names.map((name) => read(project, name, emit)));
      return records.filter((record) => record !== undefined);
    },
    write: (project, record) =>
      writeAtomically(path(project, nameOf(record)), `${JSON.stringify(record, null, 2)}\n`),
  };
}
