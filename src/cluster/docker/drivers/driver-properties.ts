import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinProperties } from '../../../spark/java-properties.ts';
import { writeAtomically } from '../../../system/files/write-file.ts';
import type { DriverLaunch } from '../../driver.ts';
import { containerPropertiesPath } from '../../private-properties.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import type { ContainerUser } from '../folders/container-user.ts';
import { may, shareOwn } from '../folders/share-with-group.ts';

interface DriverProperties {
  /** Undefined where there are none. */
  readonly path: string | undefined;
  remove(): Promise<void>;
}

/**
 * Puts the property files of a launch one after the other into one that the driver's container can read, wherever they
 * came from: spark-submit takes one file, and of a property that is there twice Java takes the last.
 */
export async function driverProperties(
  {
    propertiesFiles,
    secretProperties,
    runId,
  }: Pick<DriverLaunch, 'propertiesFiles' | 'secretProperties' | 'runId'>,
  folders: ClusterFolders,
  user: ContainerUser,
): Promise<DriverProperties> {
  if (propertiesFiles.length === 0 && Object.keys(secretProperties).length === 0)
    return { path: undefined, remove: async () => {} };
  const path = containerPropertiesPath(folders.cluster, runId);
  await mkdir(dirname(path), { recursive: true, mode: 0o770 });
  await writeAtomically(path, await joinProperties(propertiesFiles, secretProperties));
  if (user.access === 'group') {
    await shareOwn(folders.cluster, dirname(path), may.pass, user);
    await shareOwn(folders.cluster, path, may.read, user);
  }
  return { path, remove: () => rm(path, { force: true }) };
}
