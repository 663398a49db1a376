import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { choosePort } from '../../src/cluster/free-port.ts';
import { httpGet } from '../../src/cluster/spark-pages.ts';
import { userCacheFolder } from '../../src/system/files/places.ts';
import { waitUntil } from '../../src/system/processes/wait-until.ts';
import { without } from './namespaces.ts';
import { soon } from './soon.ts';
import { processesMentioning } from './spark-processes.ts';
import type { TemporaryProject } from './temporary-project.ts';
import { testInstallation } from './test-context.ts';

const hadoop = '3.5.0';
const artifacts = [
  `org.apache.hadoop:hadoop-client-minicluster:${hadoop}`,
  ...['bcprov', 'bcpkix', 'bcutil'].map((name) => `org.bouncycastle:${name}-jdk18on:1.82`),
];

/** The plugin that makes Maven fetch, of a version that is known to work. */
const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

export async function hasMaven(): Promise<boolean> {
  return (await execa('mvn', ['--version'], { reject: false })).exitCode === 0;
}

/** The jars of YARN's own daemons, which pyspark has not: fetched once per user. */
async function yarnJars(): Promise<string> {
  const folder = join(userCacheFolder(process.env), 'test-jars', `yarn-${hadoop}`);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  for (const artifact of artifacts)
    await execa('mvn', [
      '-q',
      '-B',
      '-ntp',
      // In the user's own repository it would leave POMs without their jars, on which Ivy then fails for --packages.
      `-Dmaven.repo.local=${fresh}-repository`,
      copy,
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${fresh}`,
    ]);
  await rm(`${fresh}-repository`, { recursive: true, force: true });
  // Somebody else may have been faster.
  await rename(fresh, folder).catch(() => undefined);
  return folder;
}

export interface Yarn extends AsyncDisposable {
  /** Variables by which a client finds it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Properties for the smallest application there is. */
  readonly properties: readonly string[];
  /** State and end of an application, asked by HTTP. */
  application(id: string): Promise<{ readonly state: string; readonly finalStatus: string }>;
  /** The ids of all applications. */
  applications(): Promise<readonly string[]>;
}

/**
 * A ResourceManager and a NodeManager on the loopback address, with everything of theirs in a project's folder. The node
 * sees an empty folder in the place of the hidden one, as a machine does that shares less with the driver's.
 */
export async function startYarn(
  project: TemporaryProject,
  { hidden }: { hidden?: string } = {},
): Promise<Yarn> {
  const spark = testInstallation();
  const [jars, { home }, runtime] = await Promise.all([yarnJars(), spark.java(), spark.runtime()]);
  const configuration = project.path('hadoop');
  const pages = `http://127.0.0.1:${await configure(configuration, project)}/ws/v1/cluster`;
  const classPath = [configuration, join(jars, '*'), join(runtime.sparkHome, 'jars', '*')].join(delimiter);
  const opened = ['lang', 'util'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);
  const daemon = (name: string, [file = join(home, 'bin', 'java'), ...within]: readonly string[] = []) =>
    execa(
      file,
      [
        ...(within.length === 0 ? [] : [...within, join(home, 'bin', 'java')]),
        '-Xmx192m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        ...opened,
        '-cp',
        classPath,
        `org.apache.hadoop.yarn.server.${name}`,
      ],
      { cwd: project.folder, env: { HADOOP_CONF_DIR: configuration }, reject: false, all: true },
    );
  const ask = async (path: string) => {
    const text = await httpGet(`${pages}${path}`, 2_000);
    return text === undefined ? undefined : JSON.parse(text);
  };
  const daemons = [daemon('resourcemanager.ResourceManager')];
  const stop = async () => {
    for (const each of daemons.toReversed()) each.kill();
    await Promise.all(daemons);
    // Containers end with their node, but not at once.
    const left = () => processesMentioning(project.folder);
    if (
      (await waitUntil(() => (left().length === 0 ? true : undefined), { timeoutMs: 15_000 })) === undefined
    )
      for (const line of left()) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  };
  const hasNode = async () =>
    (await ask('/nodes?states=RUNNING'))?.nodes?.node?.length === 1 ? true : undefined;
  const isUp = async () => ((await ask('/info')) === undefined ? undefined : true);
  const up = await waitUntil(isUp, { timeoutMs: 60_000 });
  daemons.push(daemon('nodemanager.NodeManager', hidden === undefined ? [] : without(hidden)));
  if (up === undefined || (await waitUntil(hasNode, { timeoutMs: 60_000 })) === undefined) {
    await stop();
    const said = await Promise.all(daemons);
    throw new Error(`no YARN: ${said.map(({ all }) => all?.slice(-2_000)).join('\n')}`);
  }
  return {
    environment: { HADOOP_CONF_DIR: configuration, SPARK_LOCAL_IP: '127.0.0.1' },
    properties: [
      // Else every submission packs and copies half a gigabyte of jars.
      `spark.yarn.jars=local:${join(runtime.sparkHome, 'jars', '*')}`,
      `spark.yarn.stagingDir=file:${project.path('staging')}`,
      ...['driver.memory=512m', 'executor.memory=512m', 'executor.instances=1', 'ui.enabled=false'].map(
        (property) => `spark.${property}`,
      ),
      'spark.yarn.report.interval=500ms',
      // A second attempt tells nothing more of an end.
      'spark.yarn.maxAppAttempts=1',
      ...['driver.defaultJavaOptions', 'executor.defaultJavaOptions', 'yarn.am.extraJavaOptions'].map(
        (property) => `spark.${property}=${soon}`,
      ),
    ].flatMap((property) => ['--conf', property]),
    application: async (id) => (await ask(`/apps/${id}`))?.app,
    applications: async () => ((await ask('/apps'))?.apps?.app ?? []).map((app: { id: string }) => app.id),
    [Symbol.asyncDispose]: stop,
  };
}

/** Writes what daemons and clients read, and returns the port of the ResourceManager's pages. */
async function configure(folder: string, project: TemporaryProject): Promise<number> {
  await mkdir(folder, { recursive: true });
  const [base, ...more] = await freePorts(10);
  const address = (port: number | undefined) => `127.0.0.1:${port}`;
  const pages = base ?? 0;
  const write = async (name: string, properties: Readonly<Record<string, string | number>>) => {
    const entries = Object.entries(properties).map(
      ([key, value]) => `<property><name>${key}</name><value>${value}</value></property>\n`,
    );
    await writeFile(join(folder, name), `<configuration>\n${entries.join('')}</configuration>\n`);
  };
  await write('core-site.xml', { 'fs.defaultFS': 'file:///', 'hadoop.tmp.dir': project.path('yarn') });
  await write('yarn-site.xml', {
    'yarn.resourcemanager.hostname': '127.0.0.1',
    'yarn.resourcemanager.webapp.address': address(pages),
    'yarn.resourcemanager.address': address(more[0]),
    'yarn.resourcemanager.scheduler.address': address(more[1]),
    'yarn.resourcemanager.resource-tracker.address': address(more[2]),
    'yarn.resourcemanager.admin.address': address(more[3]),
    'yarn.nodemanager.hostname': '127.0.0.1',
    'yarn.nodemanager.bind-host': '127.0.0.1',
    'yarn.nodemanager.address': address(more[4]),
    'yarn.nodemanager.localizer.address': address(more[5]),
    'yarn.nodemanager.webapp.address': address(more[6]),
    'yarn.nodemanager.local-dirs': project.path('yarn/local'),
    'yarn.nodemanager.log-dirs': project.path('yarn/logs'),
    'yarn.nodemanager.resource.memory-mb': 6144,
    'yarn.nodemanager.resource.cpu-vcores': 4,
    'yarn.nodemanager.pmem-check-enabled': 'false',
    'yarn.nodemanager.vmem-check-enabled': 'false',
    'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': '99.5',
    'yarn.scheduler.minimum-allocation-mb': 128,
  });
  await write('capacity-scheduler.xml', {
    'yarn.scheduler.capacity.root.queues': 'default',
    'yarn.scheduler.capacity.root.default.capacity': 100,
    'yarn.scheduler.capacity.maximum-am-resource-percent': '0.6',
  });
  return pages;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await choosePort((ports.at(-1) ?? 28_029) + 1));
  return ports;
}
