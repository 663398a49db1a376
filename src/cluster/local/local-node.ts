import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sparkClassPath } from '../../spark/class-archive.ts';
import { usualExecutorMb } from '../../spark/executor-demand.ts';
import { formatProperty } from '../../spark/java-properties.ts';
import type { ManagedRuntime } from '../../spark/managed-runtime.ts';
import { writeAtomically } from '../../system/files/write-file.ts';
import { packageRoot } from '../../system/package.ts';
import { type StartedDaemon, startDaemon } from '../../system/processes/start-daemon.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { connectApplication, connectClass, executorsOnDemand, makeConnectToken } from '../connect-server.ts';
import { loopback } from '../free-port.ts';
import type { OperationContext } from '../operation-context.ts';
import { type LocalRole, roles } from '../roles.ts';
import type { LocalClusterRecord, LocalNodeRecord } from './local-cluster-record.ts';

export function masterUrl(record: LocalClusterRecord): string {
  return `spark://${loopback}:${record.masterPort}`;
}

export function nodeUrl(node: LocalNodeRecord): string {
  return `http://${loopback}:${node.webPort}`;
}

export function nodeOf(record: LocalClusterRecord, role: LocalNodeRecord['role']): LocalNodeRecord {
  const node = record.nodes.find((each) => each.role === role);
  if (node === undefined) throw new Error(`cluster ${record.name} has no ${role}`);
  return node;
}

export function workersOf(record: LocalClusterRecord): readonly LocalNodeRecord[] {
  return record.nodes.filter(({ role }) => role === 'worker');
}

/** The Connect server of a cluster, where it has one. */
export function connectOf(record: LocalClusterRecord): LocalNodeRecord | undefined {
  return record.nodes.find(({ role }) => role === 'connect');
}

export function nodeLogPath(project: string, cluster: string, node: string): string {
  return join(clusterFolder(project, cluster), 'logs', `${node}.log`);
}

/** The file with the token that clients of the Connect server must know. */
export function connectTokenPath(project: string, cluster: string): string {
  return join(clusterFolder(project, cluster), 'connect-token');
}

export function secretPath(project: string, cluster: string): string {
  return join(clusterFolder(project, cluster), 'secret');
}

/** Starts the process of one node that stands in the written record already. */
export async function startNode(
  record: LocalClusterRecord,
  node: LocalNodeRecord,
  context: OperationContext,
): Promise<StartedDaemon> {
  const folder = clusterFolder(context.project, record.name);
  const logPath = nodeLogPath(context.project, record.name, node.name);
  const workFolder = join(folder, 'work', node.name);
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  // The log of a node that is started again is a new one.
  await writeFile(logPath, '', { mode: 0o600 });
  const [javaHome, runtime] = await Promise.all([context.spark.javaHome(), context.spark.runtime()]);
  const command = daemonCommand(
    {
      javaHome,
      classPath: await sparkClassPath(runtime),
      propertiesPath: join(folder, 'daemon.properties'),
      workFolder,
      connectPropertiesPath: connectPropertiesPath(folder),
      logConfigPath: join(packageRoot, 'spark', 'daemon-log4j2.properties'),
    },
    node,
    record,
  );
  const secret = await readFile(secretPath(context.project, record.name), 'utf8');
  if (node.role === 'connect') await writeConnectProperties(node, record, secret, context);
  // From here on there is a process; whoever gave up before this point has nothing to clean up.
  context.signal.throwIfAborted();
  return startDaemon({
    ...command,
    environment: daemonEnvironment(context.environment, javaHome, runtime, secret, join(folder, 'tmp')),
    // Relative paths of a Connect client are the server's, as on Docker.
    workingFolder: node.role === 'connect' ? context.project : folder,
    logPath,
    mark: node.mark,
  });
}

/** A daemon must not take settings of this user's own Spark: a SPARK_CONF_DIR or SPARK_WORKER_CORES would overrule the plan. */
function daemonEnvironment(
  environment: OperationContext['environment'],
  javaHome: string,
  runtime: ManagedRuntime,
  secret: string,
  temporaryFolder: string,
): Readonly<Record<string, string | undefined>> {
  const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SPARK_')));
  return {
    ...own,
    JAVA_HOME: javaHome,
    SPARK_HOME: runtime.sparkHome,
    SPARK_SCALA_VERSION: runtime.scalaVersion,
    SPARK_LOCAL_IP: loopback,
    SPARK_PUBLIC_DNS: loopback,
    SPARK_LOCAL_DIRS: temporaryFolder,
    // What a Connect server's executors run.
    PYSPARK_PYTHON: own['PYSPARK_PYTHON'] ?? runtime.python,
    // Spark reads its shared secret from here; in argv or a world-readable file others could see it.
    _SPARK_AUTH_SECRET: secret,
  };
}

interface DaemonFacts {
  readonly javaHome: string;
  readonly classPath: string;
  readonly propertiesPath: string;
  readonly workFolder: string;
  readonly connectPropertiesPath: string;
  readonly logConfigPath: string;
}

/** The packages that Spark's own launcher opens to Spark on Java 17 and newer, less the incubating vector module, which daemons do not use. */
const opened = [
  ...[
    'lang',
    'lang.invoke',
    'lang.reflect',
    'io',
    'net',
    'nio',
    'util',
    'util.concurrent',
    'util.concurrent.atomic',
  ].map((name) => `java.base/java.${name}`),
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.base/sun.nio.cs',
  'java.base/sun.security.action',
  'java.base/sun.util.calendar',
  'java.security.jgss/sun.security.krb5',
];

/**
 * The command that starts a node as one JVM. Spark's `spark-class` would start two, one after the other; these daemons do
 * little, so the client compiler and the serial collector suit them.
 */
function daemonCommand(
  facts: DaemonFacts,
  node: LocalNodeRecord,
  record: LocalClusterRecord,
): { file: string; args: readonly string[] } {
  const { className, heap } = roles[node.role].daemon;
  return {
    file: join(facts.javaHome, 'bin', 'java'),
    args: [
      '-cp',
      facts.classPath,
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      // A Connect server plans the queries of many clients: it alone lives from fast code.
      ...(node.role === 'connect' ? [] : ['-XX:TieredStopAtLevel=1']),
      '-XX:+IgnoreUnrecognizedVMOptions',
      ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
      '--sun-misc-unsafe-memory-access=allow',
      '--enable-native-access=ALL-UNNAMED',
      `-Dlog4j2.configurationFile=${facts.logConfigPath}`,
      className,
      ...argumentsOf[node.role](node, record, facts),
    ],
  };
}

/** The arguments of each kind of daemon. */
const argumentsOf: Readonly<
  Record<
    LocalRole,
    (node: LocalNodeRecord, record: LocalClusterRecord, facts: DaemonFacts) => readonly string[]
  >
> = {
  master: ({ webPort }, { masterPort }, { propertiesPath }) => [
    ...['--host', loopback, '--port', String(masterPort), '--webui-port', String(webPort)],
    ...['--properties-file', propertiesPath],
  ],
  worker: ({ webPort }, record, { propertiesPath, workFolder }) => [
    ...['--host', loopback, '--webui-port', String(webPort)],
    ...['--cores', String(record.workerCores), '--memory', `${record.workerMemoryMb}m`],
    ...['--work-dir', workFolder, '--properties-file', propertiesPath],
    masterUrl(record),
  ],
  history: (_node, _record, { propertiesPath }) => ['--properties-file', propertiesPath],
  connect: (_node, record, { connectPropertiesPath }) => [
    ...['--master', masterUrl(record), '--properties-file', connectPropertiesPath],
    ...['--class', connectClass, '--name', connectApplication, 'spark-internal'],
  ],
};

/** Writes the properties of a Connect server, which is a driver: it reads the cluster's secret from them alone. */
async function writeConnectProperties(
  { webPort, grpcPort }: LocalNodeRecord,
  record: LocalClusterRecord,
  secret: string,
  { project }: Pick<OperationContext, 'project'>,
): Promise<void> {
  const folder = clusterFolder(project, record.name);
  const tokenPath = connectTokenPath(project, record.name);
  await makeConnectToken(tokenPath);
  const properties = {
    'spark.authenticate.secret': secret,
    'spark.driver.host': loopback,
    'spark.driver.bindAddress': loopback,
    'spark.ui.port': String(webPort),
    'spark.connect.authenticate.token': await readFile(tokenPath, 'utf8'),
    'spark.connect.grpc.binding.address': loopback,
    'spark.connect.grpc.binding.port': String(grpcPort),
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': pathToFileURL(join(folder, 'events')).href,
    'spark.executor.memory': `${Math.min(record.workerMemoryMb, usualExecutorMb)}m`,
    ...executorsOnDemand,
  };
  const own = Object.entries(properties).map(([key, value]) => `${formatProperty(key, value)}\n`);
  const shared = await readFile(join(folder, 'daemon.properties'), 'utf8');
  await writeAtomically(connectPropertiesPath(folder), shared + own.join(''));
}

function connectPropertiesPath(folder: string): string {
  return join(folder, 'connect.properties');
}
