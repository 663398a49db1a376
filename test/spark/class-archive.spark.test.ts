import { chmod, open, readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMarked } from '../../src/system/processes/process-mark.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { ownCache } from '../support/own-cache.ts';
import { processesMentioning } from '../support/spark-processes.ts';
import { type SparkctlResult, sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

/** A job that says which archives driver and executor have mapped; a Python worker is a grandchild of its executor. */
const job = `
import os, sys
from pyspark import SparkContext
def mapped(pid):
    with open(f"/proc/{pid}/maps") as maps:
        return sorted({line.split()[-1] for line in maps if line.rstrip().endswith("classes.jsa")})
def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])
sc = SparkContext()
driver = sc._jvm.java.lang.ProcessHandle.current().pid()
print("driver", mapped(driver))
if "sql" in sys.argv:
    from pyspark.sql import SparkSession
    # Janino compiles what Spark generates for this.
    SparkSession(sc).range(9).selectExpr("id + 1").collect()
print("executor", sc.parallelize([0], 1).map(lambda _: mapped(parent(os.getppid()))).collect()[0])
sc.stop()
`;

const up = [
  ...['cluster', 'up', '--no-standby', '--backend', 'local', '--workers', '1', '--worker-memory', '1g'],
];

/** On a busy machine a process of low priority takes its time. */
const makingMs = 15 * 60_000;

let project: TemporaryProject;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = temporaryProject();
  env = await ownCache(project);
  await project.write('package.json', '{}');
  await project.write('job.py', job);
});

afterAll(async () => {
  await call(['cluster', 'down', '--all']);
  await project[Symbol.asyncDispose]();
});

async function call(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<SparkctlResult> {
  const result = await sparkctl(words, { cwd: project.folder, env: { ...env, ...more } });
  expect(result.exitCode, result.stderr).toBe(0);
  return result;
}

/** A place for the job: the cluster if there is one, and else one for the run alone. */
const onCluster = ['--backend', 'local', '--workers', '1'];
/** A place without a cluster: the driver is the executor, too. */
const onDriverAlone = ['--master', 'local[1]'];

async function submit(
  place: readonly string[],
  more: readonly string[] = [],
  ...words: readonly string[]
): Promise<SparkctlResult> {
  const options = ['--progress', 'quiet', '--conf', 'spark.ui.enabled=false'];
  return await call(['submit', ...place, ...options, ...more, 'job.py', ...words]);
}

/** The archive, once it is made. */
async function madeArchive(): Promise<string> {
  const archives = project.path('cache', 'archives');
  const path = await waitUntil(
    async () => {
      for (const name of await readdir(archives).catch(() => [])) {
        const text = await readFile(join(archives, name, 'archive.json'), 'utf8').catch(() => '{}');
        const { archive } = JSON.parse(text) as { archive?: { path: string } };
        if (archive !== undefined) return archive.path;
      }
      return undefined;
    },
    { timeoutMs: makingMs },
  );
  if (path === undefined) throw new Error('no archive was made');
  return path;
}

function makers(): readonly string[] {
  return processesMentioning(project.path('cache')).filter((line) => line.includes('-Xshare:dump'));
}

it(
  'is made once, after the first command that starts Spark, and every JVM of the next uses it',
  async () => {
    await call(up);
    const first = await submit(onDriverAlone);
    expect(first.stdout).not.toContain(project.path('cache'));
    await waitUntil(() => (makers().length > 0 ? true : undefined), { timeoutMs: 60_000 });
    await call(['cluster', 'list']);
    expect(makers().length, 'the maker goes on, and there is one').toBeLessThanOrEqual(1);
    const path = await madeArchive();
    await waitUntil(() => (makers().length === 0 ? true : undefined), { timeoutMs: 60_000 });
    expect(await readdir(project.path('cache', 'archives', path.split('/').at(-3) ?? ''))).toHaveLength(2);

    await call(['cluster', 'down']);
    const { nodes } = JSON.parse((await call([...up, '--json'])).stdout) as {
      nodes: { name: string; id: string }[];
    };
    for (const { name, id } of nodes)
      expect(await readFile(`/proc/${id}/maps`, 'utf8'), name).toContain(path);
    const loaded = project.path('loaded.txt');
    const { stdout, stderr } = await submit(
      onCluster,
      ['--driver-java-options', `-Xlog:class+load:file=${loaded}`],
      'sql',
    );
    expect([stdout, stderr]).toEqual([`driver ['${path}']\nexecutor ['${path}']\n`, '']);
    expect(makers()).toEqual([]);
    const classes = (await readFile(loaded, 'utf8')).split('\n');
    const janino = classes.filter((line) => line.includes('org.codehaus.janino.'));
    expect(janino.length).toBeGreaterThan(100);
    expect(janino.filter((line) => !line.includes('shared objects file'))).toEqual([]);
    // Of the code that calls lambdas, nine hundred pieces are made at run time where none is in the archive.
    const callers = classes.filter((line) => line.includes('java.lang.invoke.LambdaForm$'));
    expect(callers.length).toBeLessThan(700);
  },
  makingMs + 5 * 60_000,
);

it('is passed over in silence where the class path of the person is another', async () => {
  const path = await madeArchive();
  const jar = await project.write('own.jar', '');
  const { stdout, stderr } = await submit(onCluster, ['--driver-class-path', jar]);
  expect(stdout).toContain(`executor ['${path}']`);
  expect(stdout).not.toContain(`driver ['${path}']`);
  expect(stderr).not.toContain('jsa');
});

it("leaves the person's own Java options stronger", async () => {
  const options = [
    '--conf',
    'spark.driver.defaultJavaOptions=-Xshare:off',
    '--driver-java-options',
    '-Dmine=1',
  ];
  const { stdout } = await submit(onDriverAlone, options);
  expect(stdout).toContain('driver []');
});

it('is passed over in silence by a Java that cannot take it', async () => {
  const path = await madeArchive();
  const home = join(path, '..', 'home');
  // A process that has mapped the file would not survive what follows.
  await call(['cluster', 'down']);
  await chmod(path, 0o600);
  await using file = await open(path, 'r+');
  await file.write(Buffer.alloc(8_192), 0, 8_192, 0);
  expect((await stat(path)).size).toBeGreaterThan(8_192);
  const { stdout, stderr } = await submit(onDriverAlone);
  expect(stdout).toMatch(/^driver \[.*\]\nexecutor \[.*\]\n$/);
  expect(stderr).not.toMatch(/cds|shared|archive/i);
  const version = await execa(join(home, 'bin', 'java'), ['-version']);
  expect(version.stderr).toMatch(/version/);
});

it('is made again where it was truncated', async () => {
  const path = await madeArchive();
  await truncate(path, 1_000_000);
  const { stdout, stderr } = await submit(onDriverAlone);
  expect(stdout).not.toContain(path);
  expect(stderr).not.toMatch(/cds|shared|archive/i);
  const working = await waitUntil(() => makers()[0], { timeoutMs: 60_000 });
  expect(working).toBeDefined();

  // The maker that is killed in the middle leaves a Java, which the next command ends.
  const mark = /build-[0-9a-f-]{36}/.exec(working ?? '')?.[0] ?? '';
  const pids = await findMarked(mark);
  const maker = pids.find((pid) => !working?.startsWith(`${pid} `));
  process.kill(maker ?? 0, 'SIGKILL');
  await waitUntil(async () => ((await findMarked(mark)).includes(maker ?? 0) ? undefined : true), {
    timeoutMs: 60_000,
  });
  await call(['cluster', 'list']);
  expect(await findMarked(mark)).toEqual([]);
  const folder = join(path, '..', '..');
  expect((await readdir(folder)).filter((name) => name === mark)).toEqual([]);
});
