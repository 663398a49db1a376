import { type DriverLaunch, driverJavaOptions, sparkLogPath } from '../../driver.ts';
import { nodeName } from '../../roles.ts';
import type { ComposeFile } from '../compose/compose-schema.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import type { ImageNeeds } from '../image/image-flavour.ts';
import { label, type Ownership } from './labels.ts';
import { driverLimitMb } from './memory-limits.ts';
import { finish } from './plan-cluster.ts';
import { type ContainerSpec, closeState, planContainer } from './plan-container.ts';
import type { ClusterServices } from './planning.ts';

interface DriverFacts {
  readonly file: ComposeFile;
  readonly services: ClusterServices;
  readonly composeProject: string;
  readonly folders: ClusterFolders;
  readonly ownership: Ownership;
  readonly imageNeeds: ImageNeeds;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly launch: Pick<DriverLaunch, 'runId' | 'runFolder' | 'sparkSubmitArguments' | 'workingFolder'>;
  /** The parts of sparkctl's folder in the project that the driver may write to. */
  readonly writes: readonly string[];
  /** The one file that holds the properties of all files of the launch. */
  readonly propertiesPath?: string;
  readonly machineMb: number;
}

/** The container of one run's driver. */
export function planDriver(facts: DriverFacts): ContainerSpec {
  const { composeProject, ownership, services, launch, propertiesPath, machineMb, environment, imageNeeds } =
    facts;
  const { folders, writes } = facts;
  const log = sparkLogPath(launch.runFolder);
  const base = closeState(
    planContainer({ ...facts, projectFolder: ownership.projectFolder, service: services.driver, number: 1 }),
    folders,
    [folders.ivy, ...writes],
  );
  const submitOptions = [
    ...driverJavaOptions,
    base.environment['SPARK_SUBMIT_OPTS'],
    ...javaProxyOptions(environment),
    `-Dsparkctl.log=${log}`,
    `-Dlog4j2.configurationFile=${imageNeeds.driverLogConfiguration}`,
  ];
  const spec: ContainerSpec = {
    ...base,
    name: `${composeProject}-driver-${launch.runId}`,
    node: nodeName(services.driver.role, launch.runId),
    command: launch.sparkSubmitArguments,
    environment: {
      ...base.environment,
      SPARK_SUBMIT_OPTS: submitOptions.filter(Boolean).join(' '),
      // As a variable and not as an argument: the entry point puts the cluster's own settings before it.
      ...(propertiesPath === undefined ? {} : { SPARK_PROPERTIES_FILE: propertiesPath }),
    },
    labels: { ...base.labels, [label.run]: launch.runId },
    workingFolder: launch.workingFolder,
    memoryBytes: driverLimitMb(launch.sparkSubmitArguments, machineMb) * 1024 * 1024,
  };
  return finish(spec, facts);
}

/**
 * Java's form of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which it does not read: without it --packages could fetch
 * nothing behind a proxy. A name and password in the address are left out, for they would be seen by everyone who may list
 * processes.
 */
export function javaProxyOptions(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const value = (name: string) => environment[name] || environment[name.toLowerCase()];
  const options = (['http', 'https'] as const).flatMap((scheme) => {
    const proxy = value(`${scheme.toUpperCase()}_PROXY`);
    if (proxy === undefined || !URL.canParse(proxy)) return [];
    const { hostname, port, protocol } = new URL(proxy);
    return [
      `-D${scheme}.proxyHost=${hostname}`,
      `-D${scheme}.proxyPort=${port || (protocol === 'https:' ? '443' : '80')}`,
    ];
  });
  const direct = value('NO_PROXY');
  if (options.length === 0 || direct === undefined) return options;
  const hosts = direct
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  // `.example.com` means every host below it, which Java writes with a star.
  return [
    ...options,
    `-Dhttp.nonProxyHosts=${hosts.map((host) => (host.startsWith('.') ? `*${host}` : host)).join('|')}`,
  ];
}
