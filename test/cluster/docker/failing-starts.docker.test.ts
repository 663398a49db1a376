import { readFileSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { composeProject } from '../../../src/cluster/docker/plan/labels.ts';
import { SparkctlError } from '../../../src/system/errors/sparkctl-error.ts';
import type { SparkctlEvent } from '../../../src/system/event.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { repository } from '../../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../../support/temporary-project.ts';
import { contextOf, daemon, describeDocker, leftovers } from './docker-tests.ts';
import { plan as usualPlan } from './planned-cluster.ts';

const plan = { ...usualPlan, name: 'failing', workers: 1 };
const compose = readFileSync(join(repository, 'docker-compose.yml'), 'utf8');

/** The Compose file of a project of its own, with the image's files still those of sparkctl. */
function changed(from: string | RegExp, to: string): string {
  const text = compose.replace('context: .', `context: ${repository}`).replace(from, to);
  if (!text.includes(to)) throw new Error(`docker-compose.yml has no ${from}`);
  return text;
}

/** A project whose image is built by these steps. */
async function projectWithImage(...steps: readonly string[]): Promise<TemporaryProject> {
  const project = temporaryProject();
  await project.write(
    'docker-compose.yml',
    compose.replace('dockerfile: spark/Dockerfile', 'dockerfile: Dockerfile'),
  );
  await project.write('Dockerfile', `${['FROM debian:bookworm-slim', ...steps].join('\n')}\n`);
  return project;
}

describeDocker('a Docker cluster that cannot start', () => {
  it('shows the last lines of the build step that failed', async () => {
    await using project = await projectWithImage('RUN echo all is well', 'RUN echo one; echo two; exit 3');
    await expect(dockerBackend.up(plan, contextOf(project.folder, withoutBundle()))).rejects.toMatchObject({
      code: 'image-build-failed',
      exitCode: 69,
      message: expect.stringMatching(
        /^The image sparkctl-spark:[0-9a-f]{12} could not be built: "Step 3\/3 : RUN echo one; echo two; exit 3" failed \(The command '\/bin\/sh -c echo one; echo two; exit 3' returned a non-zero code: 3\)\. It ended with:\n {2}one\n {2}two$/,
      ),
      hint: 'Mend that step and try again: the steps before it are kept.',
    });
    expect(await leftovers(project.folder)).toEqual([]);
  });

  it('stops the build of an image when it is interrupted', async () => {
    await using project = await projectWithImage('RUN echo begun; sleep 600');
    const context = contextOf(project.folder, withoutBundle());
    const reason = new SparkctlError({ code: 'interrupted', category: 'interrupted', message: 'enough' });
    const emit = (event: SparkctlEvent) =>
      event.kind === 'image-output' && event.line === 'begun' && context.controller.abort(reason);
    await expect(dockerBackend.up(plan, { ...context, emit })).rejects.toBe(reason);
    const stillBuilding = async () =>
      (await daemon().ask('containers', (docker) => docker.listContainers())).some(({ Command }) =>
        Command.includes('sleep 600'),
      );
    const stopped = await waitUntil(async () => ((await stillBuilding()) ? undefined : true), {
      timeoutMs: 20_000,
    });
    expect(stopped).toBe(true);
  });

  it('says when the disk became full', async () => {
    await using project = await projectWithImage('RUN head -c 100m /dev/zero > /dev/shm/full');
    await expect(dockerBackend.up(plan, contextOf(project.folder, withoutBundle()))).rejects.toMatchObject({
      code: 'disk-full',
      exitCode: 74,
      message: expect.stringMatching(
        /^The disk became full while the image sparkctl-spark:[0-9a-f]{12} was built, at "Step 2\/2 : RUN head/,
      ),
    });
  });

  it('refuses more memory than the machine has before it does anything', async () => {
    await using project = temporaryProject();
    const context = contextOf(project.folder);
    await expect(dockerBackend.up({ ...plan, workerMemoryMb: 50_000_000 }, context)).rejects.toMatchObject({
      code: 'not-enough-memory',
      exitCode: 64,
      message: expect.stringMatching(
        /^One worker with 50,000,000 MiB needs 50,000,000 MiB, and the machine that Docker runs on has [\d,]+ MiB\.$/,
      ),
    });
    expect(context.events).toEqual([]);
  });

  it('refuses a Compose file that makes no whole cluster, and leaves the project as it is', async () => {
    await using project = temporaryProject();
    await project.write(
      'docker-compose.yml',
      `services:
  spark:
    image: docker.io/bitnami/spark:3.5
    environment: [SPARK_MODE=master]
    ports: ["8080:8080"]
  spark-worker:
    image: docker.io/bitnami/spark:3.5
    environment: [SPARK_MODE=worker, "SPARK_MASTER_URL=spark://spark:7077"]
`,
    );
    await chmod(project.folder, 0o700);
    await expect(dockerBackend.up(plan, contextOf(project.folder))).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('no service has SPARK_MODE history'),
    });
    expect((await stat(project.folder)).mode & 0o777).toBe(0o700);
  });

  it('names every mistake of the Compose file before it does anything', async () => {
    await using project = temporaryProject();
    await project.write(
      'docker-compose.yml',
      changed('mem_limit: 4g', 'mem_limit: lots\n    privileged: true'),
    );
    // Its path in the project, wherever the command was given.
    const path = 'docker-compose.yml';
    await expect(dockerBackend.up(plan, contextOf(project.folder))).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(
        new RegExp(
          `^${path} has 2 mistakes:\n${path}:\\d+:16: "lots": a size is .*\n.*\n.*\n${path}:\\d+:5: sparkctl does not support "privileged" of Compose\n`,
        ),
      ),
    });
    expect(await leftovers(project.folder)).toEqual([]);
  });

  it("leaves somebody else's container alone that has the name of one of its own", async () => {
    await using project = temporaryProject();
    const name = `${composeProject('failing', project.folder)}-spark-master-1`;
    const stranger = await daemon().ask('a stranger', (docker) =>
      docker.createContainer({ name, Image: 'debian:bookworm-slim', Cmd: ['sleep', '1'] }),
    );
    try {
      await expect(dockerBackend.up(plan, contextOf(project.folder))).rejects.toMatchObject({
        code: 'name-in-use',
        exitCode: 69,
        message: `A container called ${name} is there already, and it is not one of this cluster's.`,
      });
      expect((await stranger.inspect()).Name).toBe(`/${name}`);
      expect(await leftovers(project.folder)).toEqual([]);
    } finally {
      await stranger.remove();
    }
  });

  it('shows why a node ended, and takes the others away again', async () => {
    await using project = temporaryProject();
    await project.write(
      'docker-compose.yml',
      changed('SPARK_RPC_ENCRYPTION_ENABLED: "yes"', 'SPARK_RPC_ENCRYPTION_ENABLED: "perhaps"'),
    );
    await expect(dockerBackend.up(plan, contextOf(project.folder))).rejects.toMatchObject({
      code: 'node-not-ready',
      exitCode: 69,
      message: expect.stringMatching(
        /^(master|worker-1|history) ended before the cluster was ready: it ended with exit code 64\. Its log ends:\n {2}entrypoint: SPARK_RPC_ENCRYPTION_ENABLED is 'perhaps': write yes or no\.$/,
      ),
    });
    expect(await leftovers(project.folder)).toEqual([]);
  });

  it('says when a node ran out of memory', async () => {
    await using project = temporaryProject();
    await project.write('docker-compose.yml', changed('mem_limit: 1536m', 'mem_limit: 48m'));
    await expect(dockerBackend.up(plan, contextOf(project.folder))).rejects.toMatchObject({
      code: 'node-not-ready',
      message: expect.stringContaining(
        'history ended before the cluster was ready: it ran out of memory (limit 48 MiB). Its log ends:\n',
      ),
      hint: 'Nothing of it is left. Raise mem_limit in docker-compose.yml, or ask for smaller workers (--worker-memory).',
    });
    expect(await leftovers(project.folder)).toEqual([]);
  });

  it('refuses an image that is none of Spark, and one that is nowhere', async () => {
    await using project = temporaryProject();
    const debian = { ...contextOf(project.folder), image: 'debian:bookworm-slim' };
    await expect(dockerBackend.up(plan, debian)).rejects.toMatchObject({
      code: 'image-not-spark',
      exitCode: 64,
    });
    const nowhere = contextOf(project.folder, { ...process.env, SPARK_IMAGE: 'localhost:9/no-such-image:1' });
    await expect(dockerBackend.up(plan, nowhere)).rejects.toMatchObject({
      code: 'image-not-pulled',
      exitCode: 69,
      message: expect.stringMatching(
        /^The image localhost:9\/no-such-image:1 is not there and could not be pulled: /,
      ),
    });
  });
});

/** The environment of a build that needs no certificates. */
function withoutBundle(): Record<string, string | undefined> {
  return { ...process.env, SSL_CERT_FILE: undefined, NODE_EXTRA_CA_CERTS: undefined };
}
