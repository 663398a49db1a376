import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedRuntime } from '../../spark/managed-runtime.ts';
import { packageRoot } from '../../system/package.ts';
import { type StartedDaemon, startDaemon } from '../../system/processes/start-daemon.ts';
import type { BackendContext } from '../backend.ts';
import { clusterFolder } from '../cluster-folder.ts';
import { loopback } from '../free-port.ts';
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

export function nodeLogPath(project: string, cluster: string, node: string): string {
  return join(clusterFolder(project, cluster), 'logs', `${node}.log`);
}

export function secretPath(project: string, cluster: string): string {
  return join(clusterFolder(project, cluster), 'secret');
}

/** Starts the process of one node that stands in the written record already. */
export async function startNode(
  record: LocalClusterRecord,
  node: LocalNodeRecord,
  context: BackendContext,
): Promise<StartedDaemon> {
  const folder = clusterFolder(context.project, record.name);
  const logPath = nodeLogPath(context.project, record.name, node.name);
  const workFolder = join(folder, 'work', node.name);
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  // The log of a node that is started again begins anew.
  await writeFile(logPath, '', { mode: 0o600 });
  const [java, runtime] = await Promise.all([context.spark.java(), context.spark.runtime()]);
  const command = daemonCommand(
    {
      javaHome: java.home,
      sparkHome: runtime.sparkHome,
      propertiesPath: join(folder, 'daemon.properties'),
      logConfigPath: join(packageRoot, 'spark', 'daemon-log4j2.properties'),
    },
    node.role === 'master'
      ? { role: 'master', port: record.masterPort, webPort: node.webPort }
      : node.role === 'history'
        ? { role: 'history', webPort: node.webPort }
        : {
            role: 'worker',
            master: masterUrl(record),
            webPort: node.webPort,
            cores: record.workerCores,
            memoryMb: record.workerMemoryMb,
            workFolder,
          },
  );
  const secret = await readFile(secretPath(context.project, record.name), 'utf8');
  // From here on there is a process; whoever gave up before this point has nothing to clean up.
  context.signal.throwIfAborted();
  return startDaemon({
    ...command,
    environment: daemonEnvironment(context.environment, java.home, runtime, secret, join(folder, 'tmp')),
    workingFolder: folder,
    logPath,
    mark: node.mark,
  });
}

/** A daemon must not take settings of this user's own Spark: a SPARK_CONF_DIR or SPARK_WORKER_CORES would overrule the plan. */
function daemonEnvironment(
  environment: BackendContext['environment'],
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
    // Spark reads its shared secret from here; in argv or a world-readable file others could see it.
    _SPARK_AUTH_SECRET: secret,
  };
}

interface DaemonFacts {
  readonly javaHome: string;
  readonly sparkHome: string;
  readonly propertiesPath: string;
  readonly logConfigPath: string;
}

type RoleFacts =
  | { readonly role: 'master'; readonly port: number; readonly webPort: number }
  | {
      readonly role: 'worker';
      readonly master: string;
      readonly webPort: number;
      readonly cores: number;
      readonly memoryMb: number;
      readonly workFolder: string;
    }
  | { readonly role: 'history'; readonly webPort: number };

/** What Spark's own launcher opens to Spark on Java 17 and newer, less the incubating vector module, which daemons do not use. */
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
 * The command that starts a master, worker or history server as one JVM. Spark's `spark-class` would start two, one
 * after the other; these daemons do little, so the client compiler and the serial collector suit them.
 */
function daemonCommand(facts: DaemonFacts, role: RoleFacts): { file: string; args: readonly string[] } {
  return {
    file: join(facts.javaHome, 'bin', 'java'),
    args: [
      '-cp',
      join(facts.sparkHome, 'jars', '*'),
      role.role === 'history' ? '-Xmx1g' : '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:+IgnoreUnrecognizedVMOptions',
      ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
      '--sun-misc-unsafe-memory-access=allow',
      '--enable-native-access=ALL-UNNAMED',
      `-Dlog4j2.configurationFile=${facts.logConfigPath}`,
      ...classAndArguments(facts, role),
    ],
  };
}

function classAndArguments({ propertiesPath }: DaemonFacts, role: RoleFacts): readonly string[] {
  const properties = ['--properties-file', propertiesPath];
  switch (role.role) {
    case 'master':
      return [
        'org.apache.spark.deploy.master.Master',
        ...['--host', loopback, '--port', String(role.port), '--webui-port', String(role.webPort)],
        ...properties,
      ];
    case 'worker':
      return [
        'org.apache.spark.deploy.worker.Worker',
        ...['--host', loopback, '--webui-port', String(role.webPort)],
        ...['--cores', String(role.cores), '--memory', `${role.memoryMb}m`, '--work-dir', role.workFolder],
        ...properties,
        role.master,
      ];
    case 'history':
      return ['org.apache.spark.deploy.history.HistoryServer', ...properties];
  }
}
