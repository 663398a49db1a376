import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../src/cluster/cluster.ts';
import { connectPort } from '../../src/cluster/connect-server.ts';
import type { RunRecord } from '../../src/run/record/run-record.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { untilStandbyReady } from '../support/standby.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

interface ClusterUnderTest {
  readonly backend: 'local' | 'docker';
  /** Finds what is still there of a project's clusters. */
  leftovers(project: string): Promise<readonly string[]>;
}

/** A client that knows nothing of sparkctl but the link. */
const client = `
import sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf
spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
print(type(spark).__module__)
print(spark.range(1000).selectExpr("sum(id) AS total").collect()[0].total)
print([row.x for row in spark.range(4).select(udf(lambda n: n + 1, "long")("id").alias("x")).collect()])
`;

/** The contract of `cluster up --connect`, asked of a real server, beside which a driver waits for submissions. */
export function connectContract({ backend, leftovers }: ClusterUnderTest): void {
  describe(`the Connect server of a ${backend} cluster`, () => {
    let project: TemporaryProject;
    let link = '';
    let said = '';
    const token = () => link.replace(/^.*token=/, '');
    const up = ['cluster', 'up', '--backend', backend, '--workers', '1', '--json'];

    async function run(words: readonly string[]): Promise<string> {
      const { exitCode, stdout, stderr } = await sparkctl(words, { cwd: project.folder });
      if (exitCode !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
      return stdout;
    }

    async function status(
      words: readonly string[] = ['cluster', 'status', '--json'],
    ): Promise<ClusterStatus> {
      return JSON.parse(await run(words));
    }

    async function clientWith(url: string) {
      const { python } = await testInstallation().runtime();
      return await execa(python, ['client.py', url], { cwd: project.folder, reject: false });
    }

    beforeAll(async () => {
      project = temporaryProject();
      await project.write('client.py', client);
      // Another program has the usual port.
      const other = createServer().listen(connectPort, '127.0.0.1');
      await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => {});
      const { exitCode, stdout, stderr } = await sparkctl([...up, '--connect'], { cwd: project.folder });
      other.close();
      if (exitCode !== 0) throw new Error(stderr);
      link = JSON.parse(stdout).links.connect ?? '';
      said = stderr;
    });
    afterAll(async () => {
      await sparkctl(['cluster', 'down', '--all'], { cwd: project.folder });
      await project[Symbol.asyncDispose]();
    });

    it('is a node with a link, a log, and a token that only this user can read', async () => {
      expect(link).toMatch(/^sc:\/\/localhost:\d+\/;token=[0-9a-f]{64}$/);
      const found = await status();
      expect(found).toMatchObject({ state: 'running', links: { connect: link } });
      expect(found.nodes.find(({ name }) => name === 'connect')).toMatchObject({
        role: 'connect',
        state: 'running',
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      });
      expect(await run(['cluster', 'logs', 'connect'])).toContain('Spark Connect server started');
      const file = project.path('.sparkctl/clusters/default/connect-token');
      expect(statSync(file).mode & 0o007).toBe(0);
      // Arguments are there for every user to read.
      expect(processesMentioning(token()).filter((process) => process.includes(token()))).toEqual([]);
    });

    it('has another port where the usual one is taken, and says so', () => {
      expect(said).toContain(`Port ${connectPort} is taken: `);
      expect(link).not.toContain(`:${connectPort}/`);
    });

    it('leaves the workers to the driver that waits, as long as no client has work', async () => {
      await untilStandbyReady(project.folder);
      await project.write('plain.py', 'print("no client")\n');
      const record: RunRecord = JSON.parse(await run(['submit', '--json', 'plain.py']));
      expect(record).toMatchObject({ state: 'succeeded', driver: { start: 'warm' } });
      // The links of its cluster are in a run's record, but for the one that is a secret.
      expect(readFileSync(project.path('.sparkctl/runs', record.id, 'run.json'), 'utf8')).not.toContain(
        token(),
      );
    });

    it('gives any client its results, on workers that the driver that waits gives up', async () => {
      const { exitCode, stdout, stderr } = await clientWith(link);
      expect([exitCode, stdout.split('\n')], stderr).toEqual([
        0,
        ['pyspark.sql.connect.session', '499500', '[1, 2, 3, 4]'],
      ]);
    });

    it('turns a client away that does not know the token', async () => {
      const { exitCode, stderr } = await clientWith(link.replace(/token=.*/, `token=${'0'.repeat(64)}`));
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/Unauthenticated|UNAUTHENTICATED/);
    });

    it('takes what submit --remote brings, and its token stands in no record', async () => {
      const script =
        'from pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().range(7).count())\n';
      await project.write('count.py', script);
      const record: RunRecord = JSON.parse(await run(['submit', '--json', '--remote', link, 'count.py']));
      expect(record).toMatchObject({ state: 'succeeded', cluster: { backend: 'external' } });
      const folder = join('.sparkctl/runs', record.id);
      expect(readFileSync(project.path(folder, 'stdout.log'), 'utf8')).toBe('7\n');
      for (const file of ['run.json', 'stderr.log', 'report.html'])
        expect(readFileSync(project.path(folder, file), 'utf8')).not.toContain(token());
    });

    it('goes and comes back without a change to the other nodes', async () => {
      const before = await status();
      const without = await status(up);
      expect(without.links.connect).toBeUndefined();
      const others = before.nodes.filter(({ role }) => role !== 'connect' && role !== 'driver');
      expect(without.nodes.filter(({ role }) => role !== 'driver')).toEqual(others);
      const again = await status([...up, '--connect', '--no-standby']);
      expect(again.nodes.filter(({ role }) => role !== 'connect' && role !== 'driver')).toEqual(others);
      expect(again.links.connect).toMatch(/^sc:/);
    });

    it('leaves nothing when its cluster goes', async () => {
      await run(['cluster', 'down']);
      expect(await leftovers(project.folder)).toEqual([]);
      expect(existsSync(project.path('.sparkctl/clusters/default/connect-token'))).toBe(false);
    });
  });
}
