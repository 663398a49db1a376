import { type DriverLaunch, sparkLogPath } from '../../driver.ts';
import type { ComposeFile } from '../compose/compose-file.ts';
import type { ClusterFolders } from '../folders/cluster-folders.ts';
import type { ImageNeeds } from '../image/adapt-to-image.ts';
import type { ClusterServices } from './cluster-services.ts';
import type { ContainerSpec } from './container-spec.ts';
import { javaProxyOptions } from './java-proxy-options.ts';
import { label, type Ownership } from './labels.ts';
import { driverLimitMb } from './memory-limits.ts';
import { finish } from './plan-cluster.ts';
import { closeState, planContainer } from './plan-container.ts';

interface DriverFacts {
  readonly file: ComposeFile;
  readonly services: ClusterServices;
  readonly composeProject: string;
  readonly folders: ClusterFolders;
  readonly ownership: Ownership;
  readonly imageNeeds: ImageNeeds;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly launch: Pick<
    DriverLaunch,
    'runId' | 'runFolder' | 'artifactsFolder' | 'sparkSubmitArguments' | 'workingFolder'
  >;
  /** The one file that holds the properties of all files of the launch. */
  readonly propertiesPath?: string;
  readonly machineMb: number;
}

/** The container of one run's driver. */
export function planDriver(facts: DriverFacts): ContainerSpec {
  const { composeProject, ownership, services, launch, propertiesPath, machineMb, environment, imageNeeds } =
    facts;
  const { folders } = facts;
  const log = sparkLogPath(launch.runFolder);
  const base = closeState(
    planContainer({ ...facts, projectFolder: ownership.projectFolder, service: services.driver, number: 1 }),
    folders,
    [folders.ivy, launch.artifactsFolder, log],
  );
  const submitOptions = [
    base.environment['SPARK_SUBMIT_OPTS'],
    ...javaProxyOptions(environment),
    `-Dsparkctl.log=${log}`,
    `-Dlog4j2.configurationFile=${imageNeeds.driverLogConfiguration}`,
  ];
  const spec: ContainerSpec = {
    ...base,
    name: `${composeProject}-driver-${launch.runId}`,
    node: `driver-${launch.runId}`,
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
