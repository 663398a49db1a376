import { join } from 'node:path';

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

/** The address that everything of a local cluster is bound to. */
export const loopback = '127.0.0.1';

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
export function daemonCommand(
  facts: DaemonFacts,
  role: RoleFacts,
): { file: string; args: readonly string[] } {
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
