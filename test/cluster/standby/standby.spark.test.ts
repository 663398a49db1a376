import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../src/cluster/cluster.ts';
import { standbyFolders } from '../../../src/cluster/standby/standby-folder.ts';
import type { RunRecord } from '../../../src/run/record/run-record.ts';
import { findMarked } from '../../../src/system/processes/process-mark.ts';
import { waitUntil } from '../../../src/system/processes/wait-until.ts';
import { projectWithCluster } from '../../support/running-cluster.ts';
import { executorsSoon } from '../../support/soon.ts';
import { repository, sparkctl } from '../../support/sparkctl.ts';
import { untilStandbyReady } from '../../support/standby.ts';
import type { TemporaryProject } from '../../support/temporary-project.ts';

let project: TemporaryProject;
beforeAll(async () => {
  project = await projectWithCluster(1, ['--worker-cores', '1', '--standby-idle', '1h']);
  await project.write('look.py', look);
  await project.write('plain.py', 'print("no Spark here")\n');
});
afterAll(() => project[Symbol.asyncDispose]());

/** Tells where its tables are. */
const tables = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
key = "spark.sql.warehouse.dir"
print(spark.conf.get(key), spark.sparkContext.getConf().get(key), spark.newSession().conf.get(key))
print(spark.sparkContext._jsc.hadoopConfiguration().get("hive.metastore.warehouse.dir"))
print(spark.catalog.listDatabases())
spark.range(3).write.saveAsTable("numbers")
print(spark.sql("describe extended numbers").where("col_name = 'Location'").collect())
spark.sql("create database other")
print(spark.catalog.listDatabases(), spark.catalog.listTables(), spark.table("numbers").count())
`;

/** Tells of itself all that a standby could get wrong. */
const look = `
import json, os, sys, pickle
from pyspark import SparkConf
from pyspark.sql import SparkSession
before = SparkConf().getAll()
spark = SparkSession.builder.appName("looks").config("spark.sql.shuffle.partitions", "3").getOrCreate()
sc = spark.sparkContext
class Here: pass
# Where the numbers of RDDs begin anew, what Spark remembers of earlier ones must be forgotten.
print({sc.parallelize(range(9), 9).coalesce(2).getNumPartitions() for _ in range(60)})
print(json.dumps({
    "argv": sys.argv[1:], "script": sys.argv[0], "file": __file__, "path": sys.path[0], "name": __name__,
    "main": sys.modules["__main__"].__dict__ is globals(), "pickled": type(pickle.loads(pickle.dumps(Here()))).__name__,
    "variable": os.environ.get("OF_THE_RUN"), "cwd": os.getcwd(), "stdin": sys.stdin.read() if False else None,
    "before": before, "app": sc.appName, "partitions": spark.conf.get("spark.sql.shuffle.partitions"),
    "ansi": spark.conf.get("spark.sql.ansi.enabled"), "rdd": sc.parallelize([1]).id(),
    "active": SparkSession.getActiveSession() is not None,
    "sum": sc.parallelize(range(10), 2).map(lambda n: n + len(sys.argv)).sum(),
}))
df = spark.range(3).groupBy("id").count()
print(df._jdf.queryExecution().analyzed().toString())
print(sorted(df.collect()))
sys.exit(int(sys.argv[1]))
`;

async function submitted(words: readonly string[], env: Record<string, string> = {}): Promise<RunRecord> {
  const options = ['--json', '--progress', 'quiet', ...executorsSoon];
  const { stdout, stderr } = await sparkctl(['submit', ...options, ...words], { cwd: project.folder, env });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

async function status(): Promise<ClusterStatus> {
  return JSON.parse((await sparkctl(['cluster', 'status', '--json'], { cwd: project.folder })).stdout);
}

async function untilReady(): Promise<void> {
  await untilStandbyReady(project.folder);
  expect((await status()).standby).toEqual({ state: 'ready' });
}

function stdoutOf({ id }: RunRecord): string {
  return readFileSync(join(project.folder, '.sparkctl/runs', id, 'stdout.log'), 'utf8');
}

async function waiting() {
  const [standby] = await standbyFolders(project.folder, 'default');
  if (standby === undefined) throw new Error('no standby waits');
  return standby;
}

/** The folder of the driver that was begun last, marked as ready before it is: whether it can be used is asked of its files. */
async function takenForReady(): Promise<string> {
  const { path } = await waiting();
  // The last of its pipes, made by a process that may only just have begun.
  const piped = () => (existsSync(join(path, 'end')) ? true : undefined);
  expect(await waitUntil(piped, { timeoutMs: 60_000 })).toBe(true);
  writeFileSync(join(path, 'ready'), '');
  return path;
}

describe('a standby driver', () => {
  const lookWords = ['--conf', 'spark.sql.ansi.enabled=false', 'look.py', '7', 'b c'];
  const env = { OF_THE_RUN: 'yes' };
  const etlWords = ['--rows', '5000', 'jobs/etl.py'];
  const failing = ['fails.py', 'wrong.py'];
  const tablesIn = (name: string) => ['--conf', `spark.sql.warehouse.dir=${project.path(name)}`, 'tables.py'];
  let coldLook: RunRecord;
  let coldTablesRun: RunRecord;
  let coldEtl: RunRecord;
  let coldTables: readonly unknown[];
  let warmWrong: RunRecord;
  const coldFailures: string[] = [];

  // What starts cold comes first: it would end the drivers that wait for the others.
  beforeAll(async () => {
    cpSync(join(repository, 'jobs'), project.path('jobs'), { recursive: true });
    await project.write('fails.py', 'def inner():\n    raise ValueError("so")\n\ninner()\n');
    await project.write('wrong.py', 'x = (\n');
    coldLook = await submitted(['--no-standby', ...lookWords], env);
    await project.write('tables.py', tables);
    coldTablesRun = await submitted(['--no-standby', ...tablesIn('cold')]);
    coldEtl = await submitted(['--no-standby', ...etlWords]);
    coldTables = tablesOf(project);
    for (const script of failing) coldFailures.push(stdoutOf(await submitted(['--no-standby', script])));
  });

  it('runs a script as spark-submit does: the same output, the same end, an application of its own', async () => {
    const cold = coldLook;
    expect(cold.driver).toMatchObject({ start: 'cold', reason: '--no-standby', exitCode: 7 });
    expect((await status()).standby).toEqual({ state: 'none' });
    const starting = await submitted(['plain.py']);
    expect(starting.driver).toMatchObject({ start: 'cold', reason: 'no standby driver was waiting' });
    await untilReady();
    const warm = await submitted(lookWords, env);
    expect(warm).toMatchObject({ driver: { start: 'warm', exitCode: 7 }, exitCode: 7, cause: 'application' });
    expect(stdoutOf(warm)).toBe(stdoutOf(cold));
    // The fields are the same; why it was cold is the only more.
    const { reason: _, ...driver } = cold.driver ?? {};
    expect(shape({ ...cold, driver })).toEqual(shape(warm));
    expect(warm.applicationIds).toHaveLength(1);
    expect(eventsOf(warm)).toMatchObject({ starts: ['looks'], firstJob: 0, run: warm.id });
    expect(eventsOf(warm).kinds).toEqual(eventsOf(cold).kinds);
  });

  it('gives a run the warehouse that it asks for, with the executors that wait', async () => {
    await untilReady();
    const warm = await submitted(tablesIn('warm'));
    expect(warm.driver).toMatchObject({ start: 'warm', exitCode: 0 });
    expect(stdoutOf(warm)).toBe(
      stdoutOf(coldTablesRun).replaceAll(project.path('cold'), project.path('warm')),
    );
    const log = readFileSync(join(project.folder, '.sparkctl/runs', warm.id, 'spark.log'), 'utf8');
    expect(log).not.toContain('The script gets a new context');
    expect(eventsOf(warm).kinds).toEqual(eventsOf(coldTablesRun).kinds);
  });

  it('loads the very same tables, and its run has the same fields', async () => {
    const cold = coldEtl;
    await untilReady();
    const warm = await submitted(etlWords);
    expect([cold, warm].map(({ state, driver }) => [state, driver?.start])).toEqual([
      ['succeeded', 'cold'],
      ['succeeded', 'warm'],
    ]);
    expect(tablesOf(project)).toEqual(coldTables);
    const { reason: _, ...driver } = cold.driver ?? {};
    expect(shape({ ...cold, driver })).toEqual(shape(warm));
    expect([warm.accounting, warm.checks]).toEqual([cold.accounting, cold.checks]);
  });

  it('is used up by one script, with or without Spark; the next one is made at once', async () => {
    await untilReady();
    const before = await waiting();
    warmWrong = await submitted(['wrong.py']);
    expect(warmWrong).toMatchObject({ state: 'failed', driver: { start: 'warm' }, applicationIds: [] });
    expect((await waiting()).id).not.toBe(before.id);
    expect(existsSync(before.path)).toBe(false);
    expect(await findMarked(before.id)).toEqual([]);
  });

  it('shows the traceback of the script alone', async () => {
    await untilReady();
    const warm = [await submitted(['fails.py']), warmWrong];
    for (const { driver } of warm) expect(driver).toMatchObject({ start: 'warm', exitCode: 1 });
    expect(warm.map(stdoutOf)).toEqual(coldFailures);
  });

  it('makes another context where the script asks for one that is set otherwise', async () => {
    await project.write(
      'other.py',
      'from pyspark.sql import SparkSession\n' +
        'spark = SparkSession.builder.config("spark.executor.memory", "600m").getOrCreate()\n' +
        'print(spark.sparkContext.getConf().get("spark.executor.memory"), spark.range(4).count())\n',
    );
    await untilReady();
    const warm = await submitted(['other.py']);
    expect(warm).toMatchObject({ state: 'succeeded', driver: { start: 'warm' } });
    expect(stdoutOf(warm)).toBe('600m 4\n');
    expect(warm.applicationIds).toHaveLength(1);
  });

  it('is made again for a submission with other settings, which starts cold and says why', async () => {
    await untilReady();
    const first = await submitted(['--driver-memory', '600m', 'plain.py']);
    expect(first.driver).toMatchObject({
      start: 'cold',
      reason: 'the standby driver was made with other settings',
    });
    await untilReady();
    expect((await submitted(['--driver-memory', '600m', 'plain.py'])).driver).toMatchObject({
      start: 'warm',
    });
  });

  it('gives its cores to another application that waits for them', async () => {
    await untilReady();
    const { master } = await status();
    const other = await submitted(['--master', master, ...(await secretOf()), 'look.py', '0']);
    expect(other).toMatchObject({ state: 'succeeded', cluster: { backend: 'external' } });
    expect((await status()).standby).toEqual({ state: 'none' });
  });

  it('lets two submissions at once be one warm and one cold', async () => {
    await submitted(['plain.py']);
    await untilReady();
    const both = await Promise.all([submitted(['look.py', '0']), submitted(['look.py', '0'])]);
    expect(both.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(both.map(({ driver }) => driver?.start).sort()).toEqual(['cold', 'warm']);
    expect(withoutArguments(stdoutOf(both[0] as RunRecord))).toBe(
      withoutArguments(stdoutOf(both[1] as RunRecord)),
    );
  });
});

describe('a standby driver that cannot be used', () => {
  it.each([
    [
      'was killed',
      async () => {
        await takenForReady();
        for (const pid of await findMarked((await waiting()).id)) process.kill(pid, 'SIGKILL');
      },
      'the standby driver had gone',
    ],
    [
      'has a record that is no record',
      async () => {
        writeFileSync(join(await takenForReady(), 'standby.json'), '{}');
      },
      'the standby driver could not be used',
    ],
    [
      'has a link in place of a pipe',
      async () => {
        const path = await takenForReady();
        rmSync(join(path, 'end'));
        symlinkSync('/dev/zero', join(path, 'end'));
      },
      'the standby driver could not be used',
    ],
  ])('because it %s: the run starts cold and says so', async (_, spoil, reason) => {
    await spoil();
    const run = await submitted(['plain.py']);
    expect(run).toMatchObject({ state: 'succeeded', driver: { start: 'cold' } });
    expect(run.driver?.reason).toContain(reason);
    expect(stdoutOf(run)).toBe('no Spark here\n');
  });

  it('because it hangs is ended, and the run starts cold', async () => {
    await takenForReady();
    const { id } = await waiting();
    for (const pid of await findMarked(id)) process.kill(pid, 'SIGSTOP');
    const run = await submitted(['plain.py']);
    expect(run).toMatchObject({ state: 'succeeded', driver: { start: 'cold' } });
    expect(run.driver?.reason).toContain('did not answer');
    expect(await findMarked(id)).toEqual([]);
  });

  it('goes with its cluster', async () => {
    const { id } = await waiting();
    await sparkctl(['cluster', 'down'], { cwd: project.folder });
    expect(await findMarked(id)).toEqual([]);
    expect(await standbyFolders(project.folder, 'default')).toEqual([]);
  });
});

/** The rows of the users job in the order in which they lie in the file, and those that it turned away without their run. */
function tablesOf({ path }: TemporaryProject): readonly unknown[] {
  const database = new Sqlite(path('data/users.db'), { readonly: true });
  try {
    const quarantine = database.prepare('SELECT * FROM users_quarantine ORDER BY line').all() as object[];
    return [
      database.prepare('SELECT rowid, * FROM users ORDER BY rowid').raw().all(),
      quarantine.map((row) => ({ ...row, run_id: '' })),
    ];
  } finally {
    database.close();
  }
}

/** The names of all fields, however deep. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

function withoutArguments(text: string): string {
  return text.replaceAll(/#\d+/g, '#');
}

/** The properties by which an application outside of sparkctl joins the cluster. */
async function secretOf(): Promise<readonly string[]> {
  const secret = readFileSync(join(project.folder, '.sparkctl/clusters/default/secret'), 'utf8');
  const properties = [
    `spark.authenticate.secret ${secret}`,
    'spark.authenticate true',
    'spark.network.crypto.enabled true',
    'spark.network.crypto.cipher AES/GCM/NoPadding',
    'spark.driver.host 127.0.0.1',
  ];
  await project.write('join.properties', `${properties.join('\n')}\n`);
  return ['--properties-file', 'join.properties'];
}

interface Told {
  readonly kinds: readonly string[];
  readonly starts: readonly string[];
  readonly firstJob: number;
  readonly run: string;
}

/** Reads what the event log of a run tells of its application. */
function eventsOf({ project: folder, id, applicationIds: [application] }: RunRecord): Told {
  const path = join(folder, '.sparkctl/runs', id, 'eventlog', `eventlog_v2_${application}`);
  const text = readFileSync(join(path, `events_1_${application}`), 'utf8');
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const of = (kind: string) => events.filter((event) => event.Event === kind);
  const [environment] = of('SparkListenerEnvironmentUpdate');
  const beginning = 1 + events.findIndex(({ Event }) => Event === 'SparkListenerApplicationStart');
  return {
    kinds: [...new Set(events.slice(0, beginning).map(({ Event }) => Event))],
    starts: of('SparkListenerApplicationStart').map((event) => event['App Name']),
    firstJob: of('SparkListenerJobStart')[0]['Job ID'],
    run: environment['Spark Properties']['spark.sparkctl.run'],
  };
}
