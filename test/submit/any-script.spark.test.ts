import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findJava } from '../../src/runtime/find-java.ts';
import { ensureManagedRuntime, type ManagedRuntime } from '../../src/runtime/managed-runtime.ts';
import { projectWithCluster } from '../support/running-cluster.ts';
import { sparkctl } from '../support/sparkctl.ts';
import type { TemporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;
let runtime: ManagedRuntime;

const script = `
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("arguments", sys.argv[1:])
print("sum", spark.range(1000).selectExpr("sum(id)").first()[0])
print("doubled", spark.sparkContext.parallelize(range(100), 4).map(lambda number: number * 2).sum())
print("grüße", file=sys.stderr)
spark.stop()
sys.exit(int(sys.argv[1]))
`;

beforeAll(async () => {
  runtime = await ensureManagedRuntime({
    environment: process.env,
    emit: () => {},
    signal: new AbortController().signal,
  });
  project = await projectWithCluster();
  await project.write('script.py', script);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const submit = (...words: readonly string[]) => sparkctl(['submit', ...words], { cwd: project.folder });

async function stockSparkSubmit(...words: readonly string[]) {
  const { home } = await findJava(process.env);
  return await execa(join(runtime.sparkHome, 'bin', 'spark-submit'), words, {
    cwd: project.folder,
    env: { JAVA_HOME: home, SPARK_HOME: runtime.sparkHome, PYSPARK_PYTHON: runtime.python },
    reject: false,
    stripFinalNewline: false,
  });
}

describe('a script without a manifest', () => {
  it('prints and ends as under spark-submit', async () => {
    const words = ['script.py', '7', 'a', '--c', '--workers', '3', '-x=1'];
    const stock = await stockSparkSubmit('--master', 'local[2]', ...words);
    expect(stock.exitCode).toBe(7);
    const external = await submit('--master', 'local[2]', ...words);
    expect([external.stdout, external.exitCode]).toEqual([stock.stdout, 7]);
    const onCluster = await submit(...words);
    expect([onCluster.stdout, onCluster.exitCode]).toEqual([stock.stdout, 7]);
    // spark-submit itself puts what a Python script prints on stderr into stdout.
    expect(onCluster.stdout).toContain('grüße\n');
    expect(onCluster.stderr).toContain(
      `sparkctl: The script ${project.path('script.py')} ended with exit code 7.\n`,
    );
  });

  it('leaves a run folder that says so', async () => {
    const { stdout, exitCode } = await submit(
      '--json',
      '--conf',
      'spark.app.token=canary-4711',
      'script.py',
      '0',
      'b',
    );
    expect(exitCode).toBe(0);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({
      schemaVersion: 1,
      state: 'succeeded',
      exitCode: 0,
      job: { name: 'script', arguments: ['0', 'b'] },
      cluster: { name: 'default', backend: 'local', workers: 2, ephemeral: false },
      versions: { spark: '4.3.0' },
      driver: { exitCode: 0 },
    });
    expect(run.applicationIds).toEqual([expect.stringMatching(/^app-\d{14}-\d{4}$/)]);
    expect(run.links.history).toMatch(
      new RegExp(`^http://127\\.0\\.0\\.1:\\d+/history/${run.applicationIds[0]}/jobs/$`),
    );
    const folder = project.path('.sparkctl/runs', run.id);
    expect(await readFile(join(folder, 'stdout.log'), 'utf8')).toContain('sum 499500\n');
    expect(await readFile(join(folder, 'stderr.log'), 'utf8')).toBe(
      'WARNING: Using incubator modules: jdk.incubator.vector\n',
    );
    const secret = await readFile(project.path('.sparkctl/clusters/default/secret'), 'utf8');
    const record = await readFile(join(folder, 'run.json'), 'utf8');
    expect(record).not.toContain(secret);
    expect(record).not.toContain('canary-4711');
    const events = await readFile(
      join(folder, 'eventlog', `eventlog_v2_${run.applicationIds[0]}`, `events_1_${run.applicationIds[0]}`),
      'utf8',
    );
    expect(events).toContain('"Event":"SparkListenerApplicationEnd"');
    expect(events).not.toContain(secret);
    const shown = await sparkctl(['runs', 'show', run.id.slice(0, -2), '--json'], { cwd: project.folder });
    expect(JSON.parse(shown.stdout)).toEqual(run);
    const logs = await sparkctl(['runs', 'logs', run.id], { cwd: project.folder });
    expect(logs.stdout).toBe("arguments ['0', 'b']\nsum 499500\ndoubled 9900\ngrüße\n");
    const list = await sparkctl(['runs', 'list', '--json'], { cwd: project.folder });
    expect(JSON.parse(list.stdout).runs.map(({ id }: { id: string }) => id)).toContain(run.id);
  });

  it('ends with 1 for an exception, and with the signal that killed it', async () => {
    await project.write('throws.py', 'raise ValueError("no such luck")\n');
    const thrown = await submit('--master', 'local[1]', 'throws.py');
    expect(thrown.stdout).toContain('ValueError: no such luck\n');
    expect(thrown.exitCode).toBe(1);
    await project.write(
      'killed.py',
      'import os, signal\nprint("before", flush=True)\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()\n',
    );
    const killed = await submit('--master', 'local[1]', '--json', 'killed.py');
    expect(killed.exitCode).toBe(137);
    expect(JSON.parse(killed.stdout)).toMatchObject({ state: 'failed', cause: 'application', exitCode: 137 });
  });

  it('gets --conf, --properties-file, --py-files, --files, --name and --jars', async () => {
    await project.write('helper_module.py', 'def greet():\n    return "from the module"\n');
    await project.write('notes.txt', 'from the file\n');
    await project.write('own.properties', 'spark.example.color blue\nspark.example.size small\n');
    await project.write(
      'options.py',
      `
from pyspark import SparkFiles
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
conf = spark.sparkContext.getConf()

def look(_):
    import helper_module
    with open(SparkFiles.get("notes.txt")) as notes:
        yield helper_module.greet() + ", " + notes.read().strip()

print(spark.sparkContext.appName, conf.get("spark.example.color"), conf.get("spark.example.size"))
print(spark.sparkContext.parallelize([1], 1).mapPartitions(look).first())
print([jar.rsplit("/", 1)[-1] for jar in conf.get("spark.jars").split(",")])
`,
    );
    const jar = join(runtime.sparkHome, 'jars', 'xz-1.10.jar');
    const { stdout, exitCode, stderr } = await submit(
      ...['--name', 'with options', '--properties-file', 'own.properties', '-c', 'spark.example.size=large'],
      ...['--py-files=helper_module.py', '--files', 'notes.txt', '--jars', jar, 'options.py'],
    );
    expect(stderr).not.toContain('Traceback');
    expect(stdout).toBe("with options blue large\nfrom the module, from the file\n['xz-1.10.jar']\n");
    expect(exitCode).toBe(0);
  });

  it('gets --packages from a Maven repository', async () => {
    await project.write(
      'packages.py',
      `
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
loader = spark.sparkContext._jvm.Thread.currentThread().getContextClassLoader()
print(loader.loadClass("org.apache.commons.csv.CSVFormat").getName())
`,
    );
    const ivy = `spark.jars.ivy=${project.path('ivy')}`;
    const { stdout, exitCode, stderr } = await submit(
      '--conf',
      ivy,
      '--packages',
      'org.apache.commons:commons-csv:1.11.0',
      'packages.py',
    );
    expect([stdout, exitCode], stderr).toEqual(['org.apache.commons.csv.CSVFormat\n', 0]);
  });

  it('is shown by --dry-run as a command that can be pasted', async () => {
    const { stdout, stderr, exitCode } = await submit(
      '--dry-run',
      '--conf',
      'spark.my.password=canary',
      'script.py',
      '0',
      "it's",
    );
    expect(stderr).toBe('Would submit to running cluster default (local)\n');
    expect(stdout).toMatch(
      /^spark-submit --master spark:\/\/127\.0\.0\.1:\d+ --conf spark\.authenticate=true .*script\.py 0 'it'\\''s'\n$/,
    );
    expect(stdout).not.toContain('canary');
    expect(exitCode).toBe(0);
  });

  it('is not asked for where spark-submit answers by itself', async () => {
    const { stderr, exitCode } = await submit('--version');
    expect(stderr).toContain('version 4.3.0');
    expect(exitCode).toBe(0);
  });
});
