import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlan } from '../../../src/cluster/cluster.ts';
import { readCompose } from '../../../src/cluster/docker/compose/read-compose.ts';
import { clusterFolders } from '../../../src/cluster/docker/folders/cluster-folders.ts';
import type { ImageNeeds } from '../../../src/cluster/docker/image/image-flavour.ts';
import { composeProject } from '../../../src/cluster/docker/plan/labels.ts';
import { clusterVariables } from '../../../src/cluster/docker/plan/memory-limits.ts';
import { clusterServices } from '../../../src/cluster/docker/plan/planning.ts';
import { repository } from '../../support/sparkctl.ts';

export const plan: ClusterPlan = {
  name: 'default',
  workers: 2,
  workerCores: 1,
  workerMemoryMb: 1024,
  ephemeral: false,
  connect: false,
};
export const path = join(repository, 'docker-compose.yml');

/** Everything that planning starts from, of the Compose file that comes with sparkctl, for a project at `/p`. */
export function planningFacts(
  changes: Partial<ClusterPlan> = {},
  text = readFileSync(path, 'utf8'),
  projectFolder = '/p',
) {
  const wanted = { ...plan, ...changes };
  const named = composeProject(wanted.name, projectFolder);
  const folders = clusterFolders(projectFolder, wanted.name);
  const variables = clusterVariables({
    plan: wanted,
    composeProject: named,
    projectFolder,
    folders,
    image: 'spark:1',
    uid: 1001,
  });
  const file = readCompose(path, text, variables);
  const imageNeeds: ImageNeeds = { driverLogConfiguration: '/opt/spark/conf/driver-log4j2.properties' };
  return {
    file,
    services: clusterServices(file, wanted).services,
    composeProject: named,
    folders,
    variables,
    ownership: {
      projectFolder,
      cluster: wanted.name,
      ephemeral: wanted.ephemeral,
      owner: { pid: 7, startedAt: '70' },
    },
    imageNeeds,
    environment: {},
  };
}
