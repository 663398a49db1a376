import { afterAll, beforeAll, expect } from 'vitest';
import { describeDocker, leftovers } from '../cluster/docker/docker-tests.ts';
import { changedCluster } from './cases/changed-cluster.ts';
import { defects } from './cases/defects.ts';
import { dyingContainers } from './cases/dying-containers.ts';
import { memoryShortage } from './cases/memory-shortage.ts';
import { standbyContainers } from './cases/standby-containers.ts';
import { swappedFolders } from './cases/swapped-folders.ts';
import { takenPorts } from './cases/taken-ports.ts';
import { type UsersProject, usersProject } from './users-project.ts';

let project: UsersProject;
const cluster = () => project;

describeDocker('on Docker', () => {
  beforeAll(async () => {
    project = await usersProject();
  });

  afterAll(async () => {
    await project.run('cluster', 'down', '--all');
    expect(await leftovers(project.folder)).toEqual([]);
    await project[Symbol.asyncDispose]();
  });

  // One cluster for all of them: the first starts it, and the last one leaves it damaged.
  takenPorts(cluster, { where: 'docker', workers: 2 });
  defects(cluster, { where: 'docker', workers: [2] });
  memoryShortage(cluster, 'docker');
  swappedFolders(cluster);
  dyingContainers(cluster);
  standbyContainers(cluster);
  // It brings the cluster back, and takes it down.
  changedCluster(cluster, { where: 'docker' });
});
