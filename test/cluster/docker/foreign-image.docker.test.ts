import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { temporaryProject } from '../../support/temporary-project.ts';
import { contextOf, daemon, describeDocker, inspect, leftovers } from './docker-tests.ts';
import { plan as usualPlan } from './planned-cluster.ts';
import { runDriver } from './run-driver.ts';

const image = 'sparkctl-test-foreign:1';
const plan = { ...usualPlan, name: 'foreign', workers: 1 };

/**
 * An image as bitnami makes them, as far as it matters here: Spark elsewhere, no entry point of ours, no settings and no
 * name for the containers' user.
 */
const dockerfile = `FROM sparkctl-spark:latest
USER root
RUN mkdir /opt/bitnami && mv /opt/venv/lib/python3.11/site-packages/pyspark /opt/bitnami/spark \\
 && rm -rf /opt/spark /opt/sparkctl /var/lib/spark /opt/bitnami/spark/conf /opt/bitnami/spark/classes.jsa \\
 && sed -i '/^spark:/d' /etc/passwd && sed -i 's/^passwd:.*/passwd: files/' /etc/nsswitch.conf
LABEL sparkctl.image=0
ENV SPARK_HOME=/opt/bitnami/spark PATH=/opt/bitnami/spark/bin:/opt/venv/bin:/opt/java/bin:/usr/bin:/bin PYTHONPATH=
USER 1001
ENTRYPOINT ["/bin/false"]
`;

describeDocker('an image that sparkctl did not build', () => {
  beforeAll(async () => {
    await using folder = temporaryProject();
    // The image that this one is made from.
    await dockerBackend.up(plan, contextOf(folder.folder));
    await dockerBackend.down('foreign', contextOf(folder.folder));
    await folder.write('Dockerfile', dockerfile);
    await daemon().ask('an image', async (docker) => {
      const stream = await docker.buildImage({ context: folder.folder, src: ['Dockerfile'] }, { t: image });
      for await (const _ of stream);
    });
  });

  afterAll(async () => {
    await daemon().ask('the removal of an image', (docker) => docker.getImage(image).remove({ force: true }));
  });

  it('runs a cluster, a history server and a job, with the secret and as an ordinary user', async () => {
    await using project = temporaryProject();
    await project.write(
      'job.py',
      `import getpass, pyspark, sparkctl_io
from pyspark import SparkContext
sc = SparkContext()
counted = sc.parallelize(range(100)).count()
print(getpass.getuser(), pyspark.__file__.split("/pyspark")[0], counted, sc.getConf().get("spark.authenticate"))
`,
    );
    const context = contextOf(project.folder, { ...process.env, SPARK_IMAGE: image });
    try {
      const { status } = await dockerBackend.up(plan, context);
      expect(status).toMatchObject({ state: 'running', workers: { wanted: 1, alive: 1 } });
      expect((await inspect(status.nodes[0]?.id ?? '')).Config).toMatchObject({
        Image: image,
        User: '1001:0',
      });
      // Later commands use the cluster's image without being told.
      const later = contextOf(project.folder);
      const { exit, stdout, stderr } = await runDriver('foreign', later, ['job.py']);
      expect({ exit, stdout: stdout().toString() }, stderr()).toEqual({
        exit: { exitCode: 0 },
        stdout: 'spark /opt/bitnami/spark/python/lib 100 true\n',
      });
      expect((await dockerBackend.scale('foreign', 2, later)).workers).toEqual({ wanted: 2, alive: 2 });
    } finally {
      await dockerBackend.down('foreign', context);
    }
    expect(await leftovers(project.folder)).toEqual([]);
  });
});
