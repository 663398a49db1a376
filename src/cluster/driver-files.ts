import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFolder } from './cluster-folder.ts';

const prefix = 'sparkctl-driver-';

/**
 * The folder for temporary files of a driver on this machine. Spark removes its own only when it ends in peace, so it
 * gets one that can be removed whatever happens.
 */
export function driverScratch(runId: string): string {
  return join(tmpdir(), `${prefix}${runId}`);
}

/** The runs of which such a folder is there. */
export async function runsWithScratch(): Promise<ReadonlySet<string>> {
  const names = await readdir(tmpdir()).catch(() => []);
  return new Set(names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)));
}

/** The file in which a driver on this machine gets the properties that nobody else may read. It exists as long as the run. */
export function clientPropertiesPath(folder: string, runId: string): string {
  return join(folder, `driver-${runId}.properties`);
}

/** The same of a driver in a container, in a folder that it can see. */
export function containerPropertiesPath(folder: string, runId: string): string {
  return join(folder, 'drivers', `${runId}.properties`);
}

/** The places where a killed sparkctl may have left such a file of a run. */
export function privatePropertiesOf(
  project: string,
  runId: string,
  runFolder: string,
  cluster: string | undefined,
): readonly string[] {
  const ofCluster = cluster === undefined ? undefined : clusterFolder(project, cluster);
  return [
    clientPropertiesPath(runFolder, runId),
    ...(ofCluster === undefined
      ? []
      : [clientPropertiesPath(ofCluster, runId), containerPropertiesPath(ofCluster, runId)]),
  ];
}
