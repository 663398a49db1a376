import { join } from 'node:path';

/** The private folder of this project for everything that sparkctl makes. */
export function stateFolder(project: string): string {
  return join(project, '.sparkctl');
}

export function clustersFolder(project: string): string {
  return join(stateFolder(project), 'clusters');
}

/** Where a cluster keeps its record, secret, logs and event logs. */
export function clusterFolder(project: string, name: string): string {
  return join(clustersFolder(project), name);
}
