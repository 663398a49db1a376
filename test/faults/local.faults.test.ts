import { afterAll, beforeAll } from 'vitest';
import { badLines } from './cases/bad-lines.ts';
import { changedCluster } from './cases/changed-cluster.ts';
import { closedOutputs } from './cases/closed-outputs.ts';
import { deadWorkers } from './cases/dead-workers.ts';
import { defects } from './cases/defects.ts';
import { dyingProcesses } from './cases/dying-processes.ts';
import { fullDisk } from './cases/full-disk.ts';
import { heldDatabase } from './cases/held-database.ts';
import { interruptions } from './cases/interruptions.ts';
import { memoryShortage } from './cases/memory-shortage.ts';
import { standbyDrivers } from './cases/standby-drivers.ts';
import { stoppedChecks } from './cases/stopped-checks.ts';
import { takenPorts } from './cases/taken-ports.ts';
import { twoRuns } from './cases/two-runs.ts';
import { lastProcesses } from './spark-victims.ts';
import { type UsersProject, usersProject } from './users-project.ts';

let project: UsersProject;
const cluster = () => project;

beforeAll(async () => {
  project = await usersProject();
});

afterAll(async () => {
  const down = await project.run('cluster', 'down', '--all');
  if (down.exitCode !== 0) throw new Error(`the cluster is still there: ${down.stderr}`);
  const left = await lastProcesses(project.folder);
  if (left.length > 0) throw new Error(`still there: ${left.join('\n')}`);
  await project[Symbol.asyncDispose]();
});

// One cluster for all of them: the first starts it, and the last ones leave it damaged.
takenPorts(cluster, { where: 'local', workers: 3 });
// One worker is enough for what follows, until workers die.
defects(cluster, { where: 'local', workers: [3, 1] });
fullDisk(cluster);
badLines(cluster);
heldDatabase(cluster);
interruptions(cluster);
twoRuns(cluster);
closedOutputs(cluster);
stoppedChecks();
memoryShortage(cluster, 'local');
dyingProcesses(cluster);
deadWorkers(cluster);
// It brings the cluster back, and takes it down.
changedCluster(cluster, { where: 'local' });
standbyDrivers();
