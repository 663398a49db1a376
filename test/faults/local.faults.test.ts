import { afterAll, beforeAll } from 'vitest';
import { dyingProcesses } from './cases/dying-processes.ts';
import { type UsersProject, usersProject } from './users-project.ts';

let project: UsersProject;

beforeAll(async () => {
  project = await usersProject();
  await project.run('cluster', 'up', '--backend', 'local', '--workers', '2');
  await project.run('submit', '--rows', '5000', '--seed', '1', 'jobs/etl.py');
});

afterAll(async () => {
  await project.run('cluster', 'down', '--all');
  await project[Symbol.asyncDispose]();
});

dyingProcesses(() => project);
