import { afterAll, beforeAll } from 'vitest';
import { dockerDaemon } from './cases/docker-daemon.ts';
import { dyingBetween } from './cases/dying-between.ts';
import { foreignPlaces } from './cases/foreign-places.ts';
import { harmfulWords } from './cases/harmful-words.ts';
import { killedInstallation } from './cases/killed-installation.ts';
import { leavingPaths } from './cases/leaving-paths.ts';
import { refusedDatabase } from './cases/refused-database.ts';
import { sameRunId } from './cases/same-run-id.ts';
import { strangeMachine } from './cases/strange-machine.ts';
import { type UsersProject, usersProject } from './users-project.ts';

let project: UsersProject;
const shared = () => project;

beforeAll(async () => {
  project = await usersProject();
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

// The first of them makes the table that the others must leave alone.
sameRunId(shared);
refusedDatabase(shared);
dockerDaemon(shared);
leavingPaths(shared);
harmfulWords(shared);
strangeMachine(shared);
dyingBetween(shared);
killedInstallation(shared);
foreignPlaces(shared);
