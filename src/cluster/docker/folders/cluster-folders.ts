import { join } from 'node:path';
import { stateFolder } from '../../../system/files/places.ts';
import { clusterFolder } from '../../cluster-folder.ts';

/** Where the files of a Docker cluster are on this host. */
export interface ClusterFolders {
  /** All that sparkctl keeps in the project. */
  readonly state: string;
  /** The folders of the runs. */
  readonly runs: string;
  readonly cluster: string;
  /** Event logs: drivers write them, the history server reads them. */
  readonly events: string;
  /** The workers' folders: shuffle files, and the logs of executors. */
  readonly work: string;
  /** The file with the secret that nodes and drivers share. */
  readonly secret: string;
  /** The packages that drivers fetch with --packages, kept from run to run. */
  readonly ivy: string;
  /** The values of docker-compose.yml's variables, for Compose itself. */
  readonly composeVariables: string;
  /** What a foreign image needs and does not bring: see image/adapt-to-image.ts. */
  readonly support: string;
}

export function clusterFolders(project: string, name: string): ClusterFolders {
  const cluster = clusterFolder(project, name);
  const state = stateFolder(project);
  return {
    state,
    runs: join(state, 'runs'),
    cluster,
    events: join(cluster, 'events'),
    work: join(cluster, 'work'),
    secret: join(cluster, 'secret'),
    ivy: join(state, 'ivy'),
    composeVariables: join(cluster, 'compose.env'),
    support: join(cluster, 'support'),
  };
}
